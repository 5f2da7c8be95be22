import { Button } from '@mantine/core';
import { IconArrowLeft, IconDownload, IconListSearch } from '@tabler/icons-react';
import { getRouteApi, Link } from '@tanstack/react-router';
import { exportPath, useReportPeople, type ReportPerson, type Subject } from '@/api/reports';
import { ledgerLook } from '@/canvas/states';
import { useReportNames, type ReportNames } from '@/features/reports/useReportNames';
import { figureName } from '@/features/reports/names';
import { readBehindSearch, type BehindSearch } from '@/features/reports/search';
import { DataTable, type DataColumn } from '@/ui/DataTable';
import { formatCount, formatMoment, reasonWords } from '@/ui/format';
import { PageHeader } from '@/ui/PageHeader';
import { Pager } from '@/ui/Pager';
import { Pill } from '@/ui/Pill';
import { SearchInput } from '@/ui/SearchInput';
import { EmptyState, ErrorState, LoadingRows } from '@/ui/states';
import common from '@/features/common/common.module.css';
import ui from '@/ui/ui.module.css';
import { t } from '@/i18n';

const route = getRouteApi('/reports/people');
const PAGE_SIZE = 100;

/** The people behind a figure: as many as the figure says. */
export function BehindPage() {
  const { kind, name, from, to } = route.useSearch();
  if (kind === undefined || name === undefined) {
    return (
      <EmptyState icon={IconListSearch} title={t('report.noSubject')} tone="neutral">
        <Link to="/reports" className={common.link}>
          {t('reports.title')}
        </Link>
      </EmptyState>
    );
  }
  return <People subject={{ kind, name, from, to }} />;
}

function People({ subject }: { subject: Subject }) {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { figure = 'targeted', by, value, page = 1, search: text } = search;
  const query = {
    figure,
    by,
    value,
    search: text,
    limit: PAGE_SIZE,
    offset: (page - 1) * PAGE_SIZE,
  };
  const people = useReportPeople(subject, query);
  const names = useReportNames(subject);
  const change = (part: BehindSearch) =>
    void navigate({
      search: (former) => readBehindSearch({ ...former, ...part }),
      replace: true,
      resetScroll: false,
    });
  return (
    <>
      <PageHeader
        back={
          <Link to="/reports" search={{ ...subject, by }} className={ui.back}>
            <IconArrowLeft size={15} /> {t('report.back')}
          </Link>
        }
        title={figureName(figure)}
        subtitle={[
          `${t(`subject.${subject.kind}`)} ${names.subject}`,
          by === undefined ? undefined : `${names.slice(by)}: ${names.value(by, value ?? null)}`,
          people.data === undefined ? undefined : t('count.lines', { n: people.data.total }),
        ]
          .filter((part) => part !== undefined)
          .join(' · ')}
        actions={
          <>
            <SearchInput
              label={t('ledger.search')}
              value={text ?? ''}
              onChange={(next) => change({ search: next, page: undefined })}
            />
            <Button
              variant="default"
              component="a"
              href={exportPath(subject, { format: 'csv', figure, by, value })}
              leftSection={<IconDownload size={16} />}
            >
              CSV
            </Button>
          </>
        }
      />
      <div className={ui.card}>
        {people.isPending && <LoadingRows label={t('report.loading')} />}
        {people.isError && (
          <ErrorState
            title={t('report.cannot')}
            error={people.error}
            onRetry={() => void people.refetch()}
          />
        )}
        {people.data?.total === 0 && (
          <EmptyState icon={IconListSearch} title={t('ledger.noMatch')} tone="neutral">
            {t('report.nobodyBehind')}
          </EmptyState>
        )}
        {people.isSuccess && people.data.total > 0 && (
          <>
            <DataTable
              dense
              label={t('report.behindTitle')}
              stale={people.isPlaceholderData}
              rows={people.data.rows}
              rowKey={({ run, activity, key }) => `${run} ${activity} ${key}`}
              columns={columns(names)}
            />
            <Pager
              page={page}
              pageSize={PAGE_SIZE}
              total={people.data.total}
              noun={t('noun.lines')}
              onPage={(next) => change({ page: next })}
            />
          </>
        )}
      </div>
    </>
  );
}

const columns = (names: ReportNames): DataColumn<ReportPerson>[] => [
  {
    id: 'key',
    header: t('word.key'),
    cell: ({ dimension, key }) => (
      <Link to="/people/$dimension/$key" params={{ dimension, key }} className={common.link}>
        {key}
      </Link>
    ),
  },
  { id: 'address', header: t('word.address'), cell: ({ address }) => address ?? '–' },
  {
    id: 'activity',
    header: t('word.message'),
    cell: ({ run, activity, key }) => (
      <Link
        to="/runs/$run"
        params={{ run }}
        search={{ line: key, of: activity }}
        className={common.link}
      >
        {names.activity(activity, names.campaignOf(run))}
      </Link>
    ),
  },
  {
    id: 'status',
    header: t('word.status'),
    cell: ({ status }) => {
      const { tone, label } = ledgerLook(status);
      return <Pill tone={tone}>{label}</Pill>;
    },
  },
  {
    id: 'reason',
    header: t('word.reason'),
    cell: ({ reason }) => (reason === null ? '' : reasonWords(reason)),
  },
  { id: 'segment', header: t('slice.segment'), cell: ({ segment_code }) => segment_code ?? '' },
  {
    id: 'opens',
    header: t('figure.opens'),
    align: 'right',
    cell: ({ opens }) => formatCount(opens),
  },
  {
    id: 'clicks',
    header: t('figure.clicks'),
    align: 'right',
    cell: ({ clicks }) => formatCount(clicks),
  },
  {
    id: 'updated',
    header: t('word.updated'),
    align: 'right',
    cell: ({ updated_at }) => formatMoment(updated_at),
  },
];
