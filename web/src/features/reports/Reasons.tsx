import { IconMoodHappy } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import type { ReasonCount, Report } from '@/api/reports';
import { BarList } from '@/ui/BarList';
import { EmptyState } from '@/ui/states';
import classes from '@/features/reports/reports.module.css';
import ui from '@/ui/ui.module.css';
import { reasonWords } from '@/ui/format';
import { t } from '@/i18n';

/** Why lines were excluded, and why messages failed. */
export function Reasons({ report }: { report: Report }) {
  const { exclusions, failures, figures } = report;
  return (
    <div className={classes.pair}>
      <List
        report={report}
        figure="excluded"
        title={t('figures.why')}
        reasons={exclusions}
        whole={figures.targeted}
      />
      <List
        report={report}
        figure="failed"
        title={t('report.whyFailed')}
        reasons={failures}
        whole={figures.targeted - figures.excluded}
      />
    </div>
  );
}

interface ListProps {
  report: Report;
  figure: string;
  title: string;
  reasons: ReasonCount[];
  whole: number;
}

function List({ report, figure, title, reasons, whole }: ListProps) {
  const navigate = useNavigate();
  return (
    <section className={`${ui.card} ${classes.block}`} aria-label={title}>
      <h2 className={classes.blockTitle}>{title}</h2>
      {reasons.length === 0 ? (
        <EmptyState icon={IconMoodHappy} title={t('figures.nobody')} tone="good">
          {figure === 'excluded' ? t('figures.nobodyText') : t('report.noFailures')}
        </EmptyState>
      ) : (
        <BarList
          label={title}
          tone={figure === 'excluded' ? 'neutral' : 'bad'}
          whole={whole}
          bars={reasons.map(({ reason, count }) => ({
            id: reason ?? '',
            label: reason === null ? t('word.noneSmall') : reasonWords(reason),
            value: count,
          }))}
          onPick={(reason) =>
            void navigate({
              to: '/reports/people',
              search: {
                ...report.subject,
                figure,
                by: 'reason',
                value: reason === '' ? undefined : reason,
              },
            })
          }
        />
      )}
    </section>
  );
}
