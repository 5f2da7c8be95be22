import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useActivityKinds } from '@/api/campaigns';
import type { RunSummary, TaskLine } from '@/api/types';
import { kindLabel } from '@/canvas/kinds';
import { activityLook } from '@/canvas/states';
import { ActivityActions } from '@/features/common/ActivityActions';
import { Values } from '@/features/run/Values';
import { formatMoment } from '@/ui/format';
import { Dialog } from '@/ui/Dialog';
import common from '@/features/common/common.module.css';
import classes from '@/features/run/run.module.css';
import { t } from '@/i18n';

interface Props {
  task: TaskLine;
  run: RunSummary;
  said: (text: string) => string;
  label: string;
  /** The newest version of the campaign, where the run is on an older one. */
  newer: number | undefined;
  onClose: () => void;
}

/** All that is on record of one task, with the values that it could use. */
export function TaskDialog({ task, run, label, newer, said, onClose }: Props) {
  const kinds = useActivityKinds();
  const facts: [name: string, value: ReactNode][] = [
    [t('word.state'), activityLook(task.state).label],
    [
      t('word.type'),
      kindLabel(
        task.type,
        kinds.data?.find(({ kind }) => kind === task.type),
      ),
    ],
    [t('tasks.version'), task.version],
    [t('tasks.started'), formatMoment(task.started_at)],
    [t('tasks.finished'), formatMoment(task.finished_at)],
    [t('tasks.waitsUntil'), task.waits_until && formatMoment(task.waits_until)],
    [t('tasks.worker'), task.worker],
    [t('tasks.did'), task.note && said(task.note)],
    [t('tasks.error'), task.error && said(task.error.message)],
    [t('tasks.holds'), task.hold && said(task.hold.message)],
  ];
  const given = facts.filter(([, value]) => value !== null && value !== undefined && value !== '');
  return (
    <Dialog size="lg" onClose={onClose} title={label}>
      <dl className={classes.facts}>
        {given.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <ActivityActions
        run={run}
        newer={newer}
        activity={task.activity}
        label={label}
        state={task.state}
      />
      <Link
        to="/runs/$run"
        params={{ run: run.run }}
        search={{ tab: 'logs', activity: task.activity }}
        className={common.showRows}
        onClick={onClose}
      >
        {t('run.logs')}
      </Link>
      <Values title={t('tasks.results')} values={task.results} />
      <Values title={t('tasks.answers')} values={task.answers ?? {}} />
      <Values title={t('run.variables')} values={task.variables} />
      <Values title={t('tasks.tables')} values={task.table_versions} />
    </Dialog>
  );
}
