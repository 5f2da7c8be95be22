import { Select } from '@mantine/core';
import { IconListCheck } from '@tabler/icons-react';
import { useState } from 'react';
import { useTasks } from '@/api/runs';
import type { ActivityState, RunSummary, TaskLine } from '@/api/types';
import { activityLook } from '@/canvas/states';
import { Records } from '@/features/run/Records';
import { TASK_STATES, type RunSearch } from '@/features/run/search';
import { TaskDialog } from '@/features/run/TaskDialog';
import type { DataColumn } from '@/ui/DataTable';
import { formatCount, formatDuration, formatMoment } from '@/ui/format';
import { Pill } from '@/ui/Pill';
import classes from '@/features/run/run.module.css';
import { t } from '@/i18n';

interface Props {
  run: RunSummary;
  labels: Map<string, string>;
  said: (text: string) => string;
  search: RunSearch;
  onChange: (part: RunSearch) => void;
}

/** What each activity of the run did, in the order of the canvas. */
export function Tasks({ run, labels, said, search, onChange }: Props) {
  const { state, search: text } = search;
  const tasks = useTasks(run.run, { state, search: text }, run.finished_at === null);
  const [open, setOpen] = useState<string>();
  const shown = tasks.data?.tasks.find(({ activity }) => activity === open);
  const none = { icon: IconListCheck, title: t('tasks.noMatch'), text: t('tasks.noMatchText') };
  return (
    <Records
      title={t('run.tasks')}
      query={tasks}
      rows={tasks.data?.tasks}
      tableLabel={t('run.tasks')}
      columns={columns(labels, said, setOpen)}
      rowKey={({ task }) => task}
      onRowClick={({ activity }) => setOpen(activity)}
      filtered={[state, text].some((filter) => filter !== undefined)}
      onClear={() => onChange({ state: undefined, search: undefined })}
      search={{
        label: t('tasks.search'),
        value: text,
        onChange: (next) => onChange({ search: next }),
      }}
      loading={t('tasks.loading')}
      cannotRead={t('tasks.cannotRead')}
      nothing={none}
      noMatch={none}
      filters={
        <Select
          aria-label={t('word.state')}
          placeholder={t('tasks.anyState')}
          w={190}
          clearable
          value={state ?? null}
          onChange={(next) => onChange({ state: TASK_STATES.find((each) => each === next) })}
          data={TASK_STATES.map((each) => ({ value: each, label: activityLook(each).label }))}
        />
      }
    >
      {shown !== undefined && (
        <TaskDialog
          task={shown}
          run={run}
          said={said}
          label={labels.get(shown.activity) ?? shown.activity}
          onClose={() => setOpen(undefined)}
        />
      )}
    </Records>
  );
}

function columns(
  labels: Map<string, string>,
  said: (text: string) => string,
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
      cell: ({ note, error, state }) => said((state === 'failed' ? error?.message : note) ?? ''),
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
