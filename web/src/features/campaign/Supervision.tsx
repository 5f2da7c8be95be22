import { Checkbox, Group, NumberInput, Select, Stack, TagsInput } from '@mantine/core';
import { useDocuments } from '@/api/documents';
import type { CampaignDocument } from '@/api/types';
import { SpanInput } from '@/ui/form/DurationField';
import classes from '@/features/campaign/editor.module.css';
import { t } from '@/i18n';

interface Props {
  document: CampaignDocument;
  onChange: (fields: Partial<CampaignDocument>, word: string) => void;
}

/** What happens when an activity fails, for how long runs are kept, and who is told of trouble. */
export function Supervision({ document, onChange }: Props) {
  const { history, consecutive_errors } = document;
  return (
    <Stack gap="sm">
      <Failure document={document} onChange={onChange} />
      <SpanInput
        label={t('properties.history')}
        help={t('properties.historyHelp')}
        text={history ?? ''}
        error={undefined}
        onChange={(next) => onChange({ history: next || undefined }, 'history')}
      />
      <NumberInput
        label={t('properties.errors')}
        description={t('properties.errorsHelp')}
        placeholder={t('properties.never')}
        min={0}
        allowDecimal={false}
        value={consecutive_errors ?? ''}
        onChange={(next) =>
          onChange(
            { consecutive_errors: typeof next === 'number' && next > 0 ? next : undefined },
            'errors',
          )
        }
      />
      <Notify document={document} onChange={onChange} />
    </Stack>
  );
}

const THEN = ['pause', 'ignore', 'abort'] as const;
/** What is tried again without a word of it, as the server has it. */
const ATTEMPTS = 3;

/** What is done when an activity fails that does not say so itself. */
function Failure({ document, onChange }: Props) {
  const { then, retry } = document.on_error ?? {};
  const write = (part: NonNullable<CampaignDocument['on_error']>) => {
    const next = given({ ...document.on_error, ...part });
    onChange({ on_error: Object.keys(next).length === 0 ? undefined : next }, 'on_error');
  };
  return (
    <>
      <Select
        label={t('onError.then')}
        description={t('onError.help')}
        allowDeselect={false}
        data={THEN.map((value) => ({ value, label: t(`onError.${value}`) }))}
        value={then ?? 'pause'}
        onChange={(chosen) => {
          const next = THEN.find((each) => each === chosen);
          // Pausing is what is meant without saying so.
          write({ then: next === 'pause' ? undefined : next });
        }}
      />
      <NumberInput
        label={t('onError.attempts')}
        description={t('onError.attemptsHelp')}
        placeholder={String(ATTEMPTS)}
        min={1}
        max={100}
        allowDecimal={false}
        value={retry?.attempts ?? ''}
        onChange={(next) =>
          write({ retry: typeof next === 'number' ? { ...retry, attempts: next } : undefined })
        }
      />
      {retry !== undefined && (
        <Group grow align="flex-start">
          <SpanInput
            label={t('field.backoff')}
            fallback="10s"
            text={retry.backoff ?? ''}
            error={undefined}
            onChange={(next) => write({ retry: given({ ...retry, backoff: next || undefined }) })}
          />
          <SpanInput
            label={t('field.backoff_max')}
            fallback="10m"
            text={retry.backoff_max ?? ''}
            error={undefined}
            onChange={(next) =>
              write({ retry: given({ ...retry, backoff_max: next || undefined }) })
            }
          />
        </Group>
      )}
    </>
  );
}

/** Without what is not said. */
function given<T extends object>(fields: T): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}

const TROUBLES = ['failed', 'paused', 'held', 'skipped'] as const;

/** Whom trouble is mailed to; without an address, nobody. */
function Notify({ document, onChange }: Props) {
  const { notify } = document;
  const channels = useDocuments('channel').data ?? [];
  const on = notify?.on ?? [...TROUBLES];
  const write = (to: string[], part: Partial<NonNullable<typeof notify>> = {}) => {
    const channel = notify?.channel ?? channels[0]?.name ?? '';
    const next = to.length === 0 ? undefined : { ...notify, channel, to, ...part };
    onChange({ notify: next }, 'notify');
  };
  return (
    <>
      <TagsInput
        label={t('notify.to')}
        description={t('notify.toHelp')}
        splitChars={[',', ' ', ';']}
        value={notify?.to ?? []}
        onChange={(to) => write(to)}
      />
      {notify !== undefined && (
        <>
          <Select
            label={t('notify.channel')}
            allowDeselect={false}
            data={channels.map(({ name, label }) => ({ value: name, label: label ?? name }))}
            value={notify.channel}
            onChange={(channel) => channel !== null && write(notify.to, { channel })}
          />
          <Checkbox.Group
            label={t('notify.on')}
            value={on}
            onChange={(chosen) => {
              const next = TROUBLES.filter((each) => chosen.includes(each));
              // All is what is meant without saying so; nothing would be an error.
              if (next.length > 0) {
                write(notify.to, { on: next.length === TROUBLES.length ? undefined : next });
              }
            }}
          >
            <Group gap={14} mt={6}>
              {TROUBLES.map((value) => (
                <Checkbox key={value} size="xs" value={value} label={t(`notify.on.${value}`)} />
              ))}
            </Group>
          </Checkbox.Group>
          <p className={classes.fieldHelp}>{t('notify.help')}</p>
        </>
      )}
    </>
  );
}
