import type { Rate } from '@/api/reports';
import { figureName, formulaName, rateName } from '@/features/reports/names';
import { DataTable } from '@/ui/DataTable';
import { formatCount } from '@/ui/format';
import { formatPercent } from '@/features/reports/percent';
import classes from '@/features/reports/reports.module.css';
import ui from '@/ui/ui.module.css';
import { t } from '@/i18n';

/** The shares, each with what it is a share of. */
export function Rates({ rates }: { rates: Rate[] }) {
  return (
    <section className={`${ui.card} ${classes.block}`} aria-label={t('report.rates')}>
      <h2 className={classes.blockTitle}>{t('report.rates')}</h2>
      <DataTable
        dense
        label={t('report.rates')}
        rows={rates}
        rowKey={({ name }) => name}
        columns={[
          {
            id: 'name',
            header: t('report.rate'),
            cell: ({ name, numerator, denominator }) => (
              <>
                {rateName(name)}
                <div className={classes.formula}>
                  {figureName(numerator).toLowerCase()} ÷ ({formulaName(denominator)})
                </div>
              </>
            ),
          },
          {
            id: 'value',
            header: t('report.share'),
            align: 'right',
            cell: ({ value }) => <b>{formatPercent(value)}</b>,
          },
          {
            id: 'of',
            header: t('report.countOf'),
            align: 'right',
            cell: ({ count, of }) => `${formatCount(count)} / ${formatCount(of)}`,
          },
          {
            id: 'interval',
            header: <span title={t('report.intervalHelp')}>{t('report.interval')}</span>,
            align: 'right',
            cell: ({ low, high }) =>
              low === null || high === null
                ? '–'
                : `${formatPercent(low)} – ${formatPercent(high)}`,
          },
        ]}
      />
    </section>
  );
}
