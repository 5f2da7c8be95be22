import { Button } from '@mantine/core';
import { IconArrowLeft, IconChartBar, IconDownload, IconPrinter } from '@tabler/icons-react';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useCampaigns } from '@/api/campaigns';
import { useDocuments } from '@/api/documents';
import { exportPath, useReport, type Report, type Subject } from '@/api/reports';
import { useRuns } from '@/api/runs';
import { Breakdowns } from '@/features/reports/Breakdowns';
import { Comparison } from '@/features/reports/Comparison';
import { Figures } from '@/features/reports/Figures';
import { Reasons } from '@/features/reports/Reasons';
import { Rates } from '@/features/reports/Rates';
import { readReportSearch, type ReportSearch } from '@/features/reports/search';
import { useReportNames } from '@/features/reports/useReportNames';
import { OverTime } from '@/features/reports/OverTime';
import { DataTable } from '@/ui/DataTable';
import { formatCount, formatTime, humanize } from '@/ui/format';
import { PageHeader } from '@/ui/PageHeader';
import { Pill } from '@/ui/Pill';
import { EmptyState, ErrorState, LoadingRows } from '@/ui/states';
import common from '@/features/common/common.module.css';
import classes from '@/features/reports/reports.module.css';
import ui from '@/ui/ui.module.css';
import { t } from '@/i18n';

const route = getRouteApi('/reports');

/** Runs that are looked at, tests among them, and live ones that are offered to report on. */
const RUNS_READ = 200;
const RUNS_OFFERED = 30;

export function ReportsPage() {
  const { kind, name } = route.useSearch();
  if (kind === undefined || name === undefined) return <Subjects />;
  return <Loaded key={`${kind} ${name}`} subject={{ kind, name }} />;
}

function Loaded({ subject }: { subject: Subject }) {
  const report = useReport(subject);
  if (report.isPending) return <LoadingRows rows={9} label={t('report.loading')} />;
  if (report.isError) {
    const retry = () => void report.refetch();
    return <ErrorState title={t('report.cannot')} error={report.error} onRetry={retry} />;
  }
  return <Whole report={report.data} />;
}

function Whole({ report }: { report: Report }) {
  const { subject } = report;
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const change = (part: ReportSearch) =>
    void navigate({
      search: (former) => readReportSearch({ ...former, ...part }),
      replace: true,
      resetScroll: false,
    });
  const title = useReportNames(subject).subject;
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return (
    <div className={classes.report}>
      <PageHeader
        back={
          <Link to="/reports" className={ui.back}>
            <IconArrowLeft size={15} /> {t('reports.title')}
          </Link>
        }
        title={title}
        badges={
          <Pill tone={report.ended ? 'good' : 'info'} pulse={!report.ended}>
            {report.ended ? t('report.ended') : t('report.live')}
          </Pill>
        }
        subtitle={[
          t(`subject.${subject.kind}`),
          t('report.runs', { n: report.runs.length }),
          t('report.at', { time: formatTime(report.at) }),
        ].join(' · ')}
        actions={
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
              href={exportPath(subject, { zone })}
              leftSection={<IconDownload size={16} />}
            >
              {t('report.export')}
            </Button>
          </div>
        }
      />
      {report.figures.targeted === 0 ? (
        <div className={ui.card}>
          <EmptyState icon={IconChartBar} title={t('report.empty')} tone="neutral">
            {t('report.emptyText')}
          </EmptyState>
        </div>
      ) : (
        <>
          <Figures report={report} />
          <div className={classes.pair}>
            <OverTime
              subject={subject}
              step={search.step ?? (subject.kind === 'run' ? 'hour' : 'day')}
              zone={zone}
              onStep={(step) => change({ step })}
            />
            <Rates rates={report.rates} />
          </div>
          <Breakdowns
            subject={subject}
            by={search.by ?? 'activity'}
            base={search.base}
            onBy={(by) => change({ by, base: undefined })}
            onBase={(base) => change({ base })}
          />
          <Reasons report={report} />
          <Comparison
            report={report}
            chosen={search.with}
            onChange={(next) => change({ with: next })}
          />
        </>
      )}
    </div>
  );
}

/** What there is to report on. */
function Subjects() {
  const campaigns = useCampaigns();
  const channels = useDocuments('channel');
  const runs = useRuns(undefined, RUNS_READ);
  const live = runs.data?.filter(({ mode }) => mode === 'live') ?? [];
  // The last run may be a test, with live ones before it.
  const ran =
    campaigns.data?.filter(
      ({ name, last_run }) =>
        last_run?.mode === 'live' || live.some(({ campaign }) => campaign === name),
    ) ?? [];
  const labels = new Map(campaigns.data?.map(({ name, label }) => [name, label ?? undefined]));
  const loading = campaigns.isPending || channels.isPending || runs.isPending;
  const error = campaigns.error ?? channels.error ?? runs.error;
  return (
    <>
      <PageHeader title={t('reports.title')} subtitle={t('reports.subtitle')} />
      {loading && <LoadingRows label={t('report.loading')} />}
      {error !== null && <ErrorState title={t('report.cannot')} error={error} />}
      {!loading && error === null && live.length === 0 && (
        <div className={ui.card}>
          <EmptyState icon={IconChartBar} title={t('reports.none')}>
            {t('reports.noneText')}
          </EmptyState>
        </div>
      )}
      {live.length > 0 && (
        <div className={classes.subjects}>
          <section className={ui.card} aria-label={t('campaigns.title')}>
            <h2 className={classes.blockTitle}>{t('campaigns.title')}</h2>
            <DataTable
              dense
              label={t('campaigns.title')}
              rows={ran}
              rowKey={({ name }) => name}
              columns={[
                {
                  id: 'name',
                  header: t('word.campaign'),
                  cell: ({ name, label }) => (
                    <SubjectLink
                      subject={{ kind: 'campaign', name }}
                      label={label ?? humanize(name)}
                    />
                  ),
                },
                {
                  id: 'sent',
                  header: t('reports.lastSent'),
                  align: 'right',
                  cell: ({ name }) =>
                    formatCount(live.find(({ campaign }) => campaign === name)?.sent),
                },
              ]}
            />
          </section>
          <section className={ui.card} aria-label={t('reports.channels')}>
            <h2 className={classes.blockTitle}>{t('reports.channels')}</h2>
            <DataTable
              dense
              label={t('reports.channels')}
              rows={channels.data ?? []}
              rowKey={({ name }) => name}
              columns={[
                {
                  id: 'name',
                  header: t('word.channel'),
                  cell: ({ name, label }) => (
                    <SubjectLink
                      subject={{ kind: 'channel', name }}
                      label={label ?? humanize(name)}
                    />
                  ),
                },
              ]}
            />
          </section>
          <section className={`${ui.card} ${classes.wide}`} aria-label={t('runs.title')}>
            <h2 className={classes.blockTitle}>{t('runs.title')}</h2>
            <DataTable
              dense
              label={t('runs.title')}
              rows={live.slice(0, RUNS_OFFERED)}
              rowKey={({ run }) => run}
              columns={[
                {
                  id: 'run',
                  header: t('word.started'),
                  cell: ({ run, started_at }) => (
                    <SubjectLink
                      subject={{ kind: 'run', name: run }}
                      label={formatTime(started_at)}
                    />
                  ),
                },
                {
                  id: 'campaign',
                  header: t('word.campaign'),
                  cell: ({ campaign }) => labels.get(campaign) ?? humanize(campaign),
                },
                {
                  id: 'targeted',
                  header: t('word.targeted'),
                  align: 'right',
                  cell: ({ targeted }) => formatCount(targeted),
                },
                {
                  id: 'sent',
                  header: t('figure.sent'),
                  align: 'right',
                  cell: ({ sent: count }) => formatCount(count),
                },
              ]}
            />
          </section>
        </div>
      )}
    </>
  );
}

function SubjectLink({ subject, label }: { subject: Subject; label: string }) {
  return (
    <Link to="/reports" search={subject} className={common.link}>
      {label}
    </Link>
  );
}
