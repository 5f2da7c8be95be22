import { IconCircleCheck, IconMoodHappy, IconRefresh } from '@tabler/icons-react';
import type { RunDelivery, RunSummary } from '@/api/types';
import { totalDeliveries } from '@/features/run/totals';
import { BarList } from '@/ui/BarList';
import { DataTable, type DataColumn } from '@/ui/DataTable';
import { formatCount, formatShare, reasonWords } from '@/ui/format';
import { Stat } from '@/ui/Stat';
import { EmptyState } from '@/ui/states';
import { toneStyle, type Tone } from '@/ui/tone';
import common from '@/features/common/common.module.css';
import classes from '@/features/run/run.module.css';
import ui from '@/ui/ui.module.css';
import { t } from '@/i18n';

interface Props {
  run: RunSummary;
  labels: Map<string, string>;
  onActivity: (activity: string) => void;
  onReason: (reason: string) => void;
}

/** Where each targeted row ended, in total, by reason and by activity. */
export function RunFigures({ run, labels, onActivity, onReason }: Props) {
  const totals = totalDeliveries(run.deliveries);
  const reasons = Object.entries(totals.exclusions);
  const figures: [name: string, value: number, tone: Tone][] = [
    [t('figure.sent'), totals.sent, 'good'],
    [t('figure.excluded'), totals.excluded, 'neutral'],
    [t('figure.failed'), totals.failed, 'bad'],
    [t('figure.in_doubt'), totals.in_doubt, 'warn'],
    [t('figure.pending'), totals.pending, 'info'],
  ];
  return (
    <>
      <section className={`${ui.card} ${classes.figures}`} aria-label={t('figures.title')}>
        <div className={classes.stats}>
          <Stat
            label={t('word.targeted')}
            value={formatCount(totals.targeted)}
            note={<Accounted run={run} accounted={totals.accounted} />}
          />
          {figures.map(([name, value, tone]) => (
            <Stat
              key={name}
              label={
                <>
                  <span className={classes.key} style={toneStyle(tone)} aria-hidden />
                  {name}
                </>
              }
              value={formatCount(value)}
              note={formatShare(value, totals.targeted)}
            />
          ))}
        </div>
        <div className={classes.strip} aria-hidden>
          {figures.map(([name, value, tone]) => (
            <span
              key={name}
              style={{
                ...toneStyle(tone),
                width: `${totals.targeted === 0 ? 0 : (value / totals.targeted) * 100}%`,
              }}
            />
          ))}
        </div>
      </section>
      <div className={classes.pair}>
        <section className={`${ui.card} ${classes.block}`} aria-label={t('figures.exclusions')}>
          <h2 className={classes.blockTitle}>{t('figures.why')}</h2>
          {reasons.length === 0 ? (
            <EmptyState icon={IconMoodHappy} title={t('figures.nobody')} tone="good">
              {t('figures.nobodyText')}
            </EmptyState>
          ) : (
            <BarList
              label={t('figures.exclusions')}
              tone="neutral"
              whole={totals.targeted}
              bars={reasons.map(([id, value]) => ({ id, label: reasonWords(id), value }))}
              onPick={onReason}
            />
          )}
        </section>
        <section className={`${ui.card} ${classes.block}`} aria-label={t('figures.byActivity')}>
          <h2 className={classes.blockTitle}>{t('figures.byMessage')}</h2>
          {run.deliveries.length === 0 ? (
            <EmptyState icon={IconRefresh} title={t('figures.noMessage')} tone="neutral">
              {t('figures.noMessageText')}
            </EmptyState>
          ) : (
            <DataTable
              dense
              label={t('figures.deliveries')}
              columns={deliveryColumns(labels, onActivity)}
              rows={run.deliveries}
              rowKey={({ activity }) => activity}
            />
          )}
        </section>
      </div>
    </>
  );
}

function Accounted({ run, accounted }: { run: RunSummary; accounted: boolean }) {
  if (run.deliveries.length === 0) return null;
  if (!accounted) return run.state === 'running' ? t('figures.counting') : t('figures.wrong');
  return (
    <span className={classes.accounted}>
      <IconCircleCheck size={14} aria-hidden /> {t('figures.right')}
    </span>
  );
}

function deliveryColumns(
  labels: Map<string, string>,
  onActivity: (activity: string) => void,
): DataColumn<RunDelivery>[] {
  const figure = (
    id: 'targeted' | 'excluded' | 'sent' | 'failed' | 'in_doubt' | 'pending',
  ): DataColumn<RunDelivery> => ({
    id,
    header: t(`figure.${id}`),
    align: 'right',
    cell: (delivery) => formatCount(delivery[id] ?? 0),
  });
  return [
    {
      id: 'activity',
      header: t('word.message'),
      cell: ({ activity }) => (
        <button type="button" className={classes.pick} onClick={() => onActivity(activity)}>
          {labels.get(activity) ?? <span className={common.mono}>{activity}</span>}
        </button>
      ),
    },
    figure('targeted'),
    figure('excluded'),
    figure('sent'),
    figure('failed'),
    figure('in_doubt'),
    figure('pending'),
  ];
}
