import { Button, Group, Select } from '@mantine/core';
import { IconNotes } from '@tabler/icons-react';
import { useLogs } from '@/api/runs';
import type { LogEntry, LogLevel, RunSummary } from '@/api/types';
import { Records } from '@/features/run/Records';
import { LOG_LEVELS, type RunSearch } from '@/features/run/search';
import { ColumnsMenu, useColumns } from '@/ui/ColumnsMenu';
import type { DataColumn } from '@/ui/DataTable';
import { formatMoment, sentence } from '@/ui/format';
import { Pill } from '@/ui/Pill';
import type { Tone } from '@/ui/tone';
import classes from '@/features/run/run.module.css';
import common from '@/features/common/common.module.css';
import { t } from '@/i18n';

const TONES: Record<LogLevel, Tone> = { info: 'neutral', warning: 'warn', error: 'bad' };

interface Props {
  run: RunSummary;
  labels: Map<string, string>;
  said: (text: string) => string;
  search: RunSearch;
  onChange: (part: RunSearch) => void;
}

/** What the run tells, newest first: what activities did, what people did, what failed. */
export function Logs({ run, labels, said, search, onChange }: Props) {
  const { activity, level, search: text } = search;
  const logs = useLogs(run.run, { activity, level, search: text }, run.finished_at === null);
  const choice = useColumns('logs');
  const all = columns(labels, said);
  return (
    <Records
      title={t('run.logs')}
      query={logs}
      rows={logs.data?.pages.flat()}
      tableLabel={t('logs.lines')}
      columns={all.filter(({ id }) => id === 'message' || choice.shown(id))}
      rowKey={({ seq }) => String(seq)}
      filtered={[activity, level, text].some((filter) => filter !== undefined)}
      onClear={() => onChange({ activity: undefined, level: undefined, search: undefined })}
      search={{
        label: t('logs.search'),
        value: text,
        onChange: (next) => onChange({ search: next }),
      }}
      loading={t('logs.loading')}
      cannotRead={t('logs.cannotRead')}
      nothing={{ icon: IconNotes, title: t('logs.none'), text: t('logs.noneText') }}
      noMatch={{ icon: IconNotes, title: t('ledger.noMatch'), text: t('logs.noMatchText') }}
      filters={
        <>
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
          <ColumnsMenu
            columns={all.filter(({ id }) => id !== 'message').map(named)}
            choice={choice}
          />
        </>
      }
    >
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
    </Records>
  );
}

const named = ({ id, header }: DataColumn<LogEntry>) => ({ id, label: String(header) });

function columns(
  labels: Map<string, string>,
  said: (text: string) => string,
): DataColumn<LogEntry>[] {
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
    { id: 'message', header: t('logs.message'), cell: ({ message }) => sentence(said(message)) },
  ];
}
