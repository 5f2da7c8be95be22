import { Select } from '@mantine/core';
import { IconListCheck } from '@tabler/icons-react';
import { useState } from 'react';
import { useTasks } from '@/api/runs';
import type { ActivityState, RunSummary, TaskLine } from '@/api/types';
import { activityLook } from '@/canvas/states';
import { Records } from '@/features/run/Records';
import { TASK_STATES, type RunSearch } from '@/features/run/search';
import { TaskDialog } from '@/features/run/TaskDialog';
import { ColumnsMenu, useColumns } from '@/ui/ColumnsMenu';
import type { DataColumn } from '@/ui/DataTable';
import { formatCount, formatDuration, formatMoment } from '@/ui/format';
import { Pill } from '@/ui/Pill';
import classes from '@/features/run/run.module.css';
import { t } from '@/i18n';

/** Not shown unless somebody wants them. */
const HIDDEN = ['finished', 'worker', 'version'];

interface Props {
  run: RunSummary;
  labels: Map<string, string>;
  said: (text: string) => string;
  newer: number | undefined;
  search: RunSearch;
  onChange: (part: RunSearch) => void;
}

/** What each activity of the run did, in the order of the canvas. */
export function Tasks({ run, labels, said, newer, search, onChange }: Props) {
  const { state, search: text, activity } = search;
  const tasks = useTasks(run.run, { state, search: text, activity }, run.finished_at === null);
  const [open, setOpen] = useState<string>();
  const choice = useColumns('tasks', HIDDEN);
  const all = columns(labels, said, setOpen);
  const shown = tasks.data?.tasks.find(({ activity }) => activity === open);
  const none = { icon: IconListCheck, title: t('tasks.noMatch'), text: t('tasks.noMatchText') };
  return (
    <Records
      title={t('run.tasks')}
      query={tasks}
      rows={tasks.data?.tasks}
      tableLabel={t('run.tasks')}
      columns={all.filter(({ id }) => id === 'activity' || choice.shown(id))}
      rowKey={({ task }) => task}
      onRowClick={({ activity }) => setOpen(activity)}
      filtered={[state, text, activity].some((filter) => filter !== undefined)}
      onClear={() => onChange({ state: undefined, search: undefined, activity: undefined })}
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
            aria-label={t('word.state')}
            placeholder={t('tasks.anyState')}
            w={190}
            clearable
            value={state ?? null}
            onChange={(next) => onChange({ state: TASK_STATES.find((each) => each === next) })}
            data={TASK_STATES.map((each) => ({ value: each, label: activityLook(each).label }))}
          />
          <ColumnsMenu
            columns={all
              .filter(({ id }) => id !== 'activity')
              .map(({ id, header }) => ({ id, label: String(header) }))}
            choice={choice}
          />
        </>
      }
    >
      {shown !== undefined && (
        <TaskDialog
          task={shown}
          run={run}
          said={said}
          newer={newer}
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
      id: 'finished',
      header: t('tasks.finished'),
      align: 'right',
      cell: ({ finished_at }) => formatMoment(finished_at),
    },
    { id: 'worker', header: t('tasks.worker'), cell: ({ worker }) => worker ?? '' },
    {
      id: 'version',
      header: t('tasks.version'),
      align: 'right',
      cell: ({ version }) => formatCount(version),
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
