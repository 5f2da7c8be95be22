import { Button, Skeleton } from '@mantine/core';
import { IconArrowLeft, IconChartBar, IconDownload, IconPrinter } from '@tabler/icons-react';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useCampaignHeads, useDocuments } from '@/api/documents';
import { exportPath, useBreakdown, useReport, type Report, type Subject } from '@/api/reports';
import { Breakdowns } from '@/features/reports/Breakdowns';
import { Comparison } from '@/features/reports/Comparison';
import { Figures } from '@/features/reports/Figures';
import { PeriodFilter } from '@/features/reports/PeriodFilter';
import { Reasons } from '@/features/reports/Reasons';
import { Rates } from '@/features/reports/Rates';
import { readReportSearch, type ReportSearch } from '@/features/reports/search';
import { Subjects } from '@/features/reports/Subjects';
import { useReportNames } from '@/features/reports/useReportNames';
import { OverTime } from '@/features/reports/OverTime';
import { formatTime } from '@/ui/format';
import { PageHeader } from '@/ui/PageHeader';
import { Pill } from '@/ui/Pill';
import { EmptyState, ErrorState } from '@/ui/states';
import classes from '@/features/reports/reports.module.css';
import ui from '@/ui/ui.module.css';
import { t } from '@/i18n';

const route = getRouteApi('/reports');
/** Whose hours and days are shown. */
const ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

export function ReportsPage() {
  const { kind, name, from, to } = route.useSearch();
  if (kind === undefined || name === undefined) return <Subjects />;
  return <Whole key={`${kind} ${name}`} subject={{ kind, name, from, to }} />;
}

function Whole({ subject }: { subject: Subject }) {
  const { kind, from, to } = subject;
  const navigate = route.useNavigate();
  const query = useReport(subject);
  const report = query.data;
  const change = (part: ReportSearch) =>
    void navigate({
      search: (former) => readReportSearch({ ...former, ...part }),
      replace: true,
      resetScroll: false,
    });
  const title = useReportNames(subject).subject;
  // Labels are known before anything is drawn: a longer title would push the figures down.
  const heads = useCampaignHeads();
  const channels = useDocuments('channel');
  const allTime = from === undefined && to === undefined;
  if (query.isPending || heads.isPending || channels.isPending) return <Room />;
  return (
    <div className={classes.report} aria-busy={query.isPlaceholderData}>
      <PageHeader
        back={
          <Link to="/reports" className={ui.back}>
            <IconArrowLeft size={15} /> {t('reports.title')}
          </Link>
        }
        title={title}
        badges={
          report !== undefined && (
            <Pill tone={report.ended ? 'good' : 'info'} pulse={!report.ended}>
              {report.ended ? t('report.ended') : t('report.live')}
            </Pill>
          )
        }
        subtitle={[
          t(`subject.${kind}`),
          allTime && report !== undefined && t('report.runs', { n: report.runs.length }),
          report !== undefined && t('report.at', { time: formatTime(report.at) }),
        ]
          .filter(Boolean)
          .join(' · ')}
        actions={
          <>
            <PeriodFilter period={{ from, to }} onChange={change} />
            <div className={classes.noPrint}>
              <Button
                variant="subtle"
                color="gray"
                leftSection={<IconPrinter size={16} />}
                onClick={() => print()}
              >
                {t('report.print')}
              </Button>
              <Button
                variant="default"
                component="a"
                href={exportPath(subject, { zone: ZONE })}
                leftSection={<IconDownload size={16} />}
              >
                {t('report.export')}
              </Button>
            </div>
          </>
        }
      />
      {query.isError ? (
        <div className={ui.card}>
          <ErrorState
            title={t('report.cannot')}
            error={query.error}
            onRetry={() => void query.refetch()}
          />
        </div>
      ) : query.data.figures.targeted === 0 ? (
        <div className={ui.card}>
          <EmptyState icon={IconChartBar} title={t('report.empty')} tone="neutral">
            {allTime ? t('report.emptyText') : t('report.emptyThen')}
          </EmptyState>
        </div>
      ) : (
        <Parts subject={subject} report={query.data} onChange={change} />
      )}
    </div>
  );
}

interface PartsProps {
  subject: Subject;
  report: Report;
  onChange: (part: ReportSearch) => void;
}

function Parts({ subject, report, onChange }: PartsProps) {
  const search = route.useSearch();
  const by = search.by ?? 'activity';
  // How long this part is, nobody knows before it is there; what is below comes after it.
  const apart = useBreakdown(subject, by, search.base);
  return (
    <>
      <Figures report={report} />
      <div className={classes.pair}>
        <OverTime
          subject={subject}
          step={search.step ?? (subject.kind === 'run' ? 'hour' : 'day')}
          zone={ZONE}
          onStep={(step) => onChange({ step })}
        />
        <Rates rates={report.rates} />
      </div>
      <Breakdowns
        subject={subject}
        by={by}
        base={search.base}
        onBy={(next) => onChange({ by: next, base: undefined })}
        onBase={(base) => onChange({ base })}
      />
      {!apart.isPending && (
        <>
          <Reasons report={report} />
          <Comparison
            report={report}
            chosen={search.with}
            onChange={(next) => onChange({ with: next })}
          />
        </>
      )}
    </>
  );
}

/** As much room as the head and the first parts take, until they are there. */
function Room() {
  return (
    <div role="status" aria-label={t('report.loading')} className={classes.room}>
      <Skeleton className={classes.headRoom} />
      <Skeleton className={classes.figuresRoom} />
      <Skeleton className={classes.funnelRoom} />
      <div className={classes.pair}>
        <Skeleton className={classes.blockRoom} />
        <Skeleton className={classes.blockRoom} />
      </div>
    </div>
  );
}
