import { Button, Group, Select } from '@mantine/core';
import { IconFilterOff, IconListCheck } from '@tabler/icons-react';
import { useState } from 'react';
import { useTasks } from '@/api/runs';
import type { ActivityState, RunSummary, TaskLine } from '@/api/types';
import { activityLook } from '@/canvas/states';
import { TASK_STATES, type RunSearch } from '@/features/run/search';
import { TaskDialog } from '@/features/run/TaskDialog';
import { DataTable, type DataColumn } from '@/ui/DataTable';
import { formatCount, formatDuration, formatMoment } from '@/ui/format';
import { Pill } from '@/ui/Pill';
import { SearchInput } from '@/ui/SearchInput';
import { EmptyState, ErrorState, LoadingRows } from '@/ui/states';
import classes from '@/features/run/run.module.css';
import ui from '@/ui/ui.module.css';
import { t } from '@/i18n';

interface Props {
  run: RunSummary;
  labels: Map<string, string>;
  search: RunSearch;
  onChange: (part: RunSearch) => void;
}

/** What each activity of the run did, in the order of the canvas. */
export function Tasks({ run, labels, search, onChange }: Props) {
  const { state, search: text } = search;
  const tasks = useTasks(run.run, { state, search: text }, run.finished_at === null);
  const [open, setOpen] = useState<string>();
  const filtered = [state, text].some((filter) => filter !== undefined);
  const shown = tasks.data?.tasks.find(({ activity }) => activity === open);
  return (
    <section className={classes.ledger} aria-label={t('run.tasks')}>
      <Group justify="flex-end" mb={12} gap={8}>
        {filtered && (
          <Button
            size="sm"
            variant="subtle"
            leftSection={<IconFilterOff size={15} />}
            onClick={() => onChange({ state: undefined, search: undefined })}
          >
            {t('ledger.clear')}
          </Button>
        )}
        <Select
          aria-label={t('word.state')}
          placeholder={t('tasks.anyState')}
          w={190}
          clearable
          value={state ?? null}
          onChange={(next) => onChange({ state: TASK_STATES.find((each) => each === next) })}
          data={TASK_STATES.map((each) => ({ value: each, label: activityLook(each).label }))}
        />
        <SearchInput
          label={t('tasks.search')}
          width={220}
          value={text ?? ''}
          onChange={(next) => onChange({ search: next })}
        />
      </Group>
      <div className={ui.card}>
        {tasks.isPending && <LoadingRows label={t('tasks.loading')} />}
        {tasks.isError && (
          <ErrorState
            title={t('tasks.cannotRead')}
            error={tasks.error}
            onRetry={() => void tasks.refetch()}
          />
        )}
        {tasks.isSuccess && tasks.data.tasks.length === 0 && (
          <EmptyState icon={IconListCheck} title={t('tasks.noMatch')} tone="neutral">
            {t('tasks.noMatchText')}
          </EmptyState>
        )}
        {tasks.isSuccess && tasks.data.tasks.length > 0 && (
          <DataTable
            dense
            label={t('run.tasks')}
            stale={tasks.isPlaceholderData}
            columns={columns(labels, setOpen)}
            rows={tasks.data.tasks}
            rowKey={({ task }) => task}
            onRowClick={({ activity }) => setOpen(activity)}
          />
        )}
      </div>
      {shown !== undefined && (
        <TaskDialog
          task={shown}
          label={labels.get(shown.activity) ?? shown.activity}
          onClose={() => setOpen(undefined)}
        />
      )}
    </section>
  );
}

function columns(
  labels: Map<string, string>,
  onOpen: (activity: string) => void,
): DataColumn<TaskLine>[] {
  return [
    {
      id: 'activity',
      header: t('word.activity'),
      cell: ({ activity }) => (
        <button
          type="button"
          className={classes.pick}
          onClick={(event) => {
            event.stopPropagation();
            onOpen(activity);
          }}
        >
          {labels.get(activity) ?? activity}
        </button>
      ),
    },
    { id: 'state', header: t('word.state'), cell: ({ state }) => <State state={state} /> },
    {
      id: 'note',
      header: t('tasks.did'),
      cell: ({ note, error, state }) =>
        state === 'failed' ? (error?.message ?? '') : (note ?? ''),
    },
    {
      id: 'attempts',
      header: t('word.attempts'),
      align: 'right',
      cell: ({ attempts }) => formatCount(attempts),
    },
    {
      id: 'started',
      header: t('tasks.started'),
      align: 'right',
      cell: ({ started_at }) => formatMoment(started_at),
    },
    {
      id: 'elapsed',
      header: t('tasks.took'),
      align: 'right',
      cell: ({ elapsed_ms }) => formatDuration(elapsed_ms),
    },
    {
      id: 'waits',
      header: t('tasks.waitsUntil'),
      align: 'right',
      cell: ({ waits_until }) => formatMoment(waits_until),
    },
  ];
}

function State({ state }: { state: ActivityState }) {
  const { tone, label, active } = activityLook(state);
  return (
    <Pill tone={tone} pulse={active}>
      {label}
    </Pill>
  );
}
