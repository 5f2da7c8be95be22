import { Button, Group, Select } from '@mantine/core';
import { IconFilterOff, IconNotes } from '@tabler/icons-react';
import { useLogs } from '@/api/runs';
import type { LogEntry, LogLevel, RunSummary } from '@/api/types';
import { LOG_LEVELS, type RunSearch } from '@/features/run/search';
import { DataTable, type DataColumn } from '@/ui/DataTable';
import { formatMoment } from '@/ui/format';
import { Pill } from '@/ui/Pill';
import { SearchInput } from '@/ui/SearchInput';
import { EmptyState, ErrorState, LoadingRows } from '@/ui/states';
import type { Tone } from '@/ui/tone';
import classes from '@/features/run/run.module.css';
import common from '@/features/common/common.module.css';
import ui from '@/ui/ui.module.css';
import { t } from '@/i18n';

const TONES: Record<LogLevel, Tone> = { info: 'neutral', warning: 'warn', error: 'bad' };

interface Props {
  run: RunSummary;
  labels: Map<string, string>;
  search: RunSearch;
  onChange: (part: RunSearch) => void;
}

/** What the run tells, newest first: what activities did, what people did, what failed. */
export function Logs({ run, labels, search, onChange }: Props) {
  const { activity, level, search: text } = search;
  const logs = useLogs(run.run, { activity, level, search: text }, run.finished_at === null);
  const filtered = [activity, level, text].some((filter) => filter !== undefined);
  const clear = { activity: undefined, level: undefined, search: undefined };
  const lines = logs.data?.pages.flat() ?? [];
  return (
    <section className={classes.ledger} aria-label={t('run.logs')}>
      <Group justify="flex-end" mb={12} gap={8}>
        {filtered && (
          <Button
            size="sm"
            variant="subtle"
            leftSection={<IconFilterOff size={15} />}
            onClick={() => onChange(clear)}
          >
            {t('ledger.clear')}
          </Button>
        )}
        <Select
          aria-label={t('word.activity')}
          placeholder={t('logs.anyActivity')}
          w={200}
          clearable
          searchable
          value={activity ?? null}
          onChange={(next) => onChange({ activity: next ?? undefined })}
          data={run.activities.map(({ id }) => ({ value: id, label: labels.get(id) ?? id }))}
        />
        <Select
          aria-label={t('logs.level')}
          placeholder={t('logs.anyLevel')}
          w={190}
          clearable
          value={level ?? null}
          onChange={(next) => onChange({ level: LOG_LEVELS.find((each) => each === next) })}
          data={[
            { value: 'warning', label: t('logs.fromWarning') },
            { value: 'error', label: t('logs.onlyErrors') },
          ]}
        />
        <SearchInput
          label={t('logs.search')}
          width={220}
          value={text ?? ''}
          onChange={(next) => onChange({ search: next })}
        />
      </Group>
      <div className={ui.card}>
        {logs.isPending && <LoadingRows label={t('logs.loading')} />}
        {logs.isError && (
          <ErrorState
            title={t('logs.cannotRead')}
            error={logs.error}
            onRetry={() => void logs.refetch()}
          />
        )}
        {logs.isSuccess && lines.length === 0 && (
          <EmptyState
            icon={IconNotes}
            title={filtered ? t('ledger.noMatch') : t('logs.none')}
            tone="neutral"
          >
            {filtered ? t('logs.noMatchText') : t('logs.noneText')}
          </EmptyState>
        )}
        {lines.length > 0 && (
          <DataTable
            dense
            label={t('logs.lines')}
            stale={logs.isPlaceholderData}
            columns={columns(labels)}
            rows={lines}
            rowKey={({ seq }) => String(seq)}
          />
        )}
      </div>
      {logs.hasNextPage && (
        <Group justify="center" mt="sm">
          <Button
            variant="default"
            loading={logs.isFetchingNextPage}
            onClick={() => void logs.fetchNextPage()}
          >
            {t('logs.older')}
          </Button>
        </Group>
      )}
    </section>
  );
}

function columns(labels: Map<string, string>): DataColumn<LogEntry>[] {
  return [
    {
      id: 'at',
      header: t('word.when'),
      width: 150,
      cell: ({ at }) => <span className={classes.moment}>{formatMoment(at)}</span>,
    },
    {
      id: 'level',
      header: t('logs.level'),
      width: 110,
      cell: ({ level }) => <Pill tone={TONES[level]}>{t(`level.${level}`)}</Pill>,
    },
    {
      id: 'activity',
      header: t('word.activity'),
      width: 200,
      cell: ({ activity }) =>
        activity === null ? (
          <span className={common.muted}>{t('logs.theRun')}</span>
        ) : (
          (labels.get(activity) ?? activity)
        ),
    },
    { id: 'message', header: t('logs.message'), cell: ({ message }) => message },
  ];
}
