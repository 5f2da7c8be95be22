import { useRuns } from '@/api/runs';
import { useStatus, useTables } from '@/api/server';
import { Facts } from '@/features/common/Facts';
import { formatCount, formatTime, humanize } from '@/ui/format';
import { Pill } from '@/ui/Pill';
import { ErrorState, LoadingRows } from '@/ui/states';
import type { Tone } from '@/ui/tone';
import classes from '@/features/admin/admin.module.css';
import ui from '@/ui/ui.module.css';
import { t, tMaybe } from '@/i18n';

/** Whether everything is as it should be, as far as it can be seen from here. */
export function Server() {
  const status = useStatus();
  const tables = useTables();
  const runs = useRuns(undefined, 100);
  if (status.isPending) return <LoadingRows label={t('common.loading')} />;
  if (status.isError) {
    const retry = () => void status.refetch();
    return <ErrorState title={t('shell.unreachable')} error={status.error} onRetry={retry} />;
  }
  const { version, data_dir, started_at, catcher, documents } = status.data;
  const stuck = runs.data?.filter(({ state }) => state === 'paused' || state === 'held') ?? [];
  const failed = runs.data?.filter(({ state }) => state === 'failed') ?? [];
  const checks: [string, Tone, string][] = [
    [t('doctor.state'), 'good', t('doctor.answers')],
    [
      t('tables.title'),
      tables.isError ? 'bad' : 'good',
      tables.isError ? tables.error.message : t('count.tables', { n: tables.data?.length ?? 0 }),
    ],
    [
      t('doctor.waiting'),
      stuck.length === 0 ? 'good' : 'warn',
      t('doctor.runs', { n: stuck.length }),
    ],
    [
      t('doctor.failed'),
      failed.length === 0 ? 'good' : 'bad',
      t('doctor.runs', { n: failed.length }),
    ],
  ];
  return (
    <div className={classes.server}>
      <section className={`${ui.card} ${classes.block}`} aria-label={t('doctor.title')}>
        <h2>{t('doctor.title')}</h2>
        <ul className={classes.checks}>
          {checks.map(([what, tone, found]) => (
            <li key={what}>
              <Pill tone={tone}>{what}</Pill> {found}
            </li>
          ))}
        </ul>
        <p className={classes.note}>{t('doctor.help')}</p>
      </section>
      <section className={`${ui.card} ${classes.block}`} aria-label={t('admin.server')}>
        <h2>{t('admin.server')}</h2>
        <Facts
          rows={[
            [t('doctor.version'), version],
            [t('doctor.folder'), data_dir],
            [t('word.started'), formatTime(started_at)],
            [
              t('doctor.catcher'),
              catcher === null ? undefined : `${catcher.smtp} (${formatCount(catcher.messages)})`,
            ],
            ...Object.entries(documents).map(([kind, count]): [string, string] => [
              tMaybe('admin.kinds', kind) ?? humanize(kind),
              formatCount(count),
            ]),
          ]}
        />
      </section>
    </div>
  );
}
