import { ActionIcon, Alert, SegmentedControl, Select } from '@mantine/core';
import {
  IconAlertTriangle,
  IconChevronLeft,
  IconChevronRight,
  IconDeviceDesktop,
  IconDeviceMobile,
  IconMailOff,
  IconMoon,
  IconSun,
  IconUserOff,
} from '@tabler/icons-react';
import { useRendered, type RenderedRow, type RowsAsked } from '@/api/contents';
import { t } from '@/i18n';
import { formatBytes, formatCount, sentence, reasonWords } from '@/ui/format';
import { HtmlFrame, type FrameScheme } from '@/ui/HtmlFrame';
import { SearchInput } from '@/ui/SearchInput';
import { EmptyState, ErrorState, LoadingRows } from '@/ui/states';
import classes from '@/mail/mail.module.css';

export interface PreviewState {
  part: 'html' | 'text';
  width: 'desktop' | 'phone';
  scheme: FrameScheme;
  offset: number;
  key: string;
}
export const PREVIEW_START: PreviewState = {
  part: 'html',
  width: 'desktop',
  scheme: 'light',
  offset: 0,
  key: '',
};

interface Props {
  document: object;
  rows: RowsAsked | undefined;
  channel: string | undefined;
  state: PreviewState;
  onState: (part: Partial<PreviewState>) => void;
  /** The channels that it may be shown with. */
  channels: { value: string; label: string }[];
  onChannel?: ((channel: string | undefined) => void) | undefined;
}

/** The message as real people would get it. */
export function MailPreview(props: Props) {
  const { document, rows, channel, state, onState, channels, onChannel } = props;
  const byKey = rows?.campaign === undefined && state.key !== '';
  const asked =
    rows === undefined ? {} : byKey ? { dimension: rows.dimension, key: state.key } : rows;
  const rendered = useRendered(
    { document, rows: asked, channel, offset: byKey ? 0 : state.offset },
    rows !== undefined,
  );
  const total = rendered.data?.total ?? 0;
  const row = rendered.data?.rows[0];
  return (
    <section className={classes.preview} aria-label={t('preview.title')}>
      <div className={classes.previewBar}>
        <div className={classes.rowNav} role="group" aria-label={t('preview.rows')}>
          <ActionIcon
            variant="default"
            aria-label={t('preview.previous')}
            disabled={byKey || state.offset === 0}
            onClick={() => onState({ offset: state.offset - 1 })}
          >
            <IconChevronLeft size={17} />
          </ActionIcon>
          <span className={classes.rowCount} role="status">
            {total === 0
              ? t('preview.noRow')
              : t('preview.row', { n: byKey ? 1 : state.offset + 1, total: formatCount(total) })}
          </span>
          <ActionIcon
            variant="default"
            aria-label={t('preview.next')}
            disabled={byKey || state.offset + 1 >= total}
            onClick={() => onState({ offset: state.offset + 1 })}
          >
            <IconChevronRight size={17} />
          </ActionIcon>
        </div>
        {rows?.campaign === undefined && (
          <SearchInput
            label={t('preview.key')}
            width={130}
            value={state.key}
            onChange={(key) => onState({ key: key.trim(), offset: 0 })}
          />
        )}
        {onChannel !== undefined && channels.length > 1 && (
          <Select
            size="sm"
            w={170}
            aria-label={t('preview.channel')}
            data={channels}
            value={channel ?? null}
            placeholder={t('preview.channel')}
            onChange={(next) => onChannel(next ?? undefined)}
          />
        )}
        <span className={classes.fill} />
        <SegmentedControl
          size="xs"
          aria-label={t('message.part')}
          value={state.part}
          onChange={(part) => onState({ part: part === 'text' ? 'text' : 'html' })}
          data={[
            { value: 'html', label: 'HTML' },
            { value: 'text', label: t('message.text') },
          ]}
        />
        <SegmentedControl
          size="xs"
          aria-label={t('message.width')}
          value={state.width}
          onChange={(width) => onState({ width: width === 'phone' ? 'phone' : 'desktop' })}
          data={[
            {
              value: 'desktop',
              label: <Mark Icon={IconDeviceDesktop} label={t('message.desktop')} />,
            },
            { value: 'phone', label: <Mark Icon={IconDeviceMobile} label={t('message.phone')} /> },
          ]}
        />
        <SegmentedControl
          size="xs"
          aria-label={t('preview.scheme')}
          value={state.scheme}
          onChange={(scheme) => onState({ scheme: scheme === 'dark' ? 'dark' : 'light' })}
          data={[
            { value: 'light', label: <Mark Icon={IconSun} label={t('shell.light')} /> },
            { value: 'dark', label: <Mark Icon={IconMoon} label={t('shell.dark')} /> },
          ]}
        />
      </div>
      <Shown query={rendered} row={row} rows={rows} state={state} />
    </section>
  );
}

function Mark({ Icon, label }: { Icon: typeof IconSun; label: string }) {
  return (
    <span className={classes.mark} title={label}>
      <Icon size={15} aria-hidden />
      <span className={classes.hidden}>{label}</span>
    </span>
  );
}

function Shown({
  query,
  row,
  rows,
  state,
}: {
  query: ReturnType<typeof useRendered>;
  row: RenderedRow | undefined;
  rows: RowsAsked | undefined;
  state: PreviewState;
}) {
  if (rows === undefined) {
    return (
      <EmptyState icon={IconUserOff} title={t('preview.nobody')}>
        {t('personal.noDimension')}
      </EmptyState>
    );
  }
  if (query.isPending) return <LoadingRows label={t('common.loading')} rows={8} />;
  if (query.isError) {
    const retry = () => void query.refetch();
    return <ErrorState title={t('preview.failed')} error={query.error} onRetry={retry} />;
  }
  const errors = query.data.problems.filter(({ severity }) => severity === 'error');
  if (row === undefined) {
    return errors.length > 0 ? (
      <Alert m="md" color="red" icon={<IconAlertTriangle size={18} />} title={t('preview.broken')}>
        {errors.map(({ message, hint }, index) => (
          <p key={index} className={classes.trouble}>
            {sentence(message)} {hint && sentence(hint)}
          </p>
        ))}
      </Alert>
    ) : (
      <EmptyState icon={IconUserOff} title={t('preview.noRow')}>
        {t('preview.noRowText')}
      </EmptyState>
    );
  }
  return (
    <div className={classes.shown} aria-busy={query.isPlaceholderData}>
      <header className={classes.inbox}>
        <div className={classes.inboxLine}>
          <b>{row.subject || t('message.noSubject')}</b>
          {row.preheader !== '' && <span> — {row.preheader}</span>}
        </div>
        <div className={classes.inboxFacts}>
          {t('preview.to', { address: row.address ?? '–', key: row.key })} ·{' '}
          {t('preview.size', { size: formatBytes(row.html_bytes) })}
        </div>
        {row.excluded !== null && (
          <div className={classes.excluded}>
            {t('preview.excluded', {
              reason: reasonWords(row.excluded),
            })}
          </div>
        )}
      </header>
      {row.failure !== null ? (
        <Alert
          m="md"
          color="red"
          icon={<IconAlertTriangle size={18} />}
          title={t('preview.unrendered')}
        >
          {sentence(row.failure)}
        </Alert>
      ) : (
        <Part row={row} state={state} />
      )}
    </div>
  );
}

function Part({ row, state }: { row: RenderedRow; state: PreviewState }) {
  const part = state.part === 'text' ? row.text : row.html;
  if (part.trim() === '') {
    return (
      <EmptyState icon={IconMailOff} title={t('preview.empty')}>
        {t('message.without')}
      </EmptyState>
    );
  }
  if (state.part === 'text') {
    return (
      <pre
        className={classes.text}
        data-width={state.width}
        tabIndex={0}
        aria-label={t('message.text')}
      >
        {part}
      </pre>
    );
  }
  return (
    <div className={classes.paper} data-width={state.width} data-scheme={state.scheme}>
      <HtmlFrame
        images
        html={part}
        scheme={state.scheme}
        title={t('preview.of', { subject: row.subject })}
      />
    </div>
  );
}
