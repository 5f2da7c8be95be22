import { SegmentedControl } from '@mantine/core';
import { IconMailOff } from '@tabler/icons-react';
import { useCaughtMessage } from '@/api/catcher';
import type { CaughtMessage } from '@/api/types';
import { Facts } from '@/features/common/Facts';
import type { MessagePart, MessageWidth } from '@/features/common/messageParts';
import { formatBytes, formatTime } from '@/ui/format';
import { HtmlFrame } from '@/ui/HtmlFrame';
import { EmptyState, ErrorState, LoadingRows } from '@/ui/states';
import classes from '@/features/common/common.module.css';
import { t } from '@/i18n';

interface Props {
  id: string;
  view: MessagePart;
  width: MessageWidth;
  onView: (view: MessagePart) => void;
  onWidth: (width: MessageWidth) => void;
}

/** One caught message, to be read as its reader would or as it came over the wire. */
export function MessageView({ id, view, width, onView, onWidth }: Props) {
  const message = useCaughtMessage(id);
  if (message.isPending) return <LoadingRows label={t('message.loading')} />;
  if (message.isError) {
    const retry = () => void message.refetch();
    return <ErrorState title={t('message.cannotShow')} error={message.error} onRetry={retry} />;
  }
  const { data } = message;
  return (
    <article className={classes.message} aria-label={t('word.message')}>
      <header className={classes.messageHead}>
        <h2 className={classes.subject}>{data.subject || t('message.noSubject')}</h2>
        <Facts
          rows={[
            [t('message.from'), data.from],
            [t('message.to'), data.to.join(', ')],
            [t('message.received'), `${formatTime(data.received_at)} · ${formatBytes(data.size)}`],
          ]}
        />
      </header>
      <div className={classes.messageBar}>
        <SegmentedControl
          size="sm"
          aria-label={t('message.part')}
          value={view}
          onChange={onView}
          data={[
            { value: 'html', label: 'HTML' },
            { value: 'text', label: t('message.text') },
            { value: 'headers', label: t('message.headers') },
            { value: 'source', label: t('message.source') },
          ]}
        />
        {view === 'html' && (
          <SegmentedControl
            size="sm"
            aria-label={t('message.width')}
            value={width}
            onChange={onWidth}
            data={[
              { value: 'desktop', label: t('message.desktop') },
              { value: 'phone', label: t('message.phone') },
            ]}
          />
        )}
      </div>
      <div
        className={classes.messageBody}
        tabIndex={0}
        role="region"
        aria-label={t('message.body')}
      >
        <Body message={data} view={view} width={width} />
      </div>
    </article>
  );
}

function Body({
  message,
  view,
  width,
}: {
  message: CaughtMessage;
  view: MessagePart;
  width: MessageWidth;
}) {
  if (view === 'source') return <pre className={classes.plain}>{message.raw}</pre>;
  if (view === 'headers') return <Headers headers={message.headers} />;
  const part = view === 'html' ? message.html : message.text;
  if (part === null || part === '') {
    return (
      <EmptyState
        icon={IconMailOff}
        title={view === 'html' ? t('message.noHtml') : t('message.noText')}
      >
        {t('message.without')}
      </EmptyState>
    );
  }
  if (view === 'text') return <pre className={classes.plain}>{part}</pre>;
  return (
    <div className={classes.paper} data-width={width}>
      <HtmlFrame html={part} title={t('message.frame', { subject: message.subject })} />
    </div>
  );
}

function Headers({ headers }: { headers: CaughtMessage['headers'] }) {
  return (
    <div className={classes.headers}>
      <dl className={classes.facts}>
        {headers.map(({ name, value }, index) => (
          <div key={index} style={{ display: 'contents' }}>
            <dt>{name}</dt>
            <dd className={classes.mono}>{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
