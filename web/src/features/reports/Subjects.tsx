import { Button, Group, Select } from '@mantine/core';
import { IconChartBar } from '@tabler/icons-react';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useCampaignsPage } from '@/api/campaigns';
import { useCampaignHeads, useDocuments } from '@/api/documents';
import type { Subject } from '@/api/reports';
import { useRunPages } from '@/api/runs';
import type { RunListed } from '@/api/types';
import { useNames } from '@/features/common/useNames';
import { DataTable } from '@/ui/DataTable';
import { formatCount, formatTime, humanize } from '@/ui/format';
import { PageHeader } from '@/ui/PageHeader';
import { Pager } from '@/ui/Pager';
import { EmptyState, ErrorState, LoadingRows } from '@/ui/states';
import common from '@/features/common/common.module.css';
import classes from '@/features/reports/reports.module.css';
import ui from '@/ui/ui.module.css';
import { t } from '@/i18n';

const route = getRouteApi('/reports');
const PAGE_SIZE = 100;
const LATEST_FIRST = 'last_run:descending';

/** What there is to report on. */
export function Subjects() {
  const runs = useRunPages({ mode: 'live' });
  const live = runs.data?.pages.flat() ?? [];
  // The lists stand below and beside each other: one that came alone would push the others away.
  const campaigns = useCampaignsPage({ sort: LATEST_FIRST, limit: PAGE_SIZE, offset: 0 });
  const channels = useDocuments('channel');
  const isPending = runs.isPending || campaigns.isPending || channels.isPending;
  return (
    <>
      <PageHeader
        title={t('reports.title')}
        subtitle={t('reports.subtitle')}
        actions={<AnyCampaign />}
      />
      {isPending && <LoadingRows label={t('report.loading')} />}
      {runs.isError && (
        <ErrorState
          title={t('report.cannot')}
          error={runs.error}
          onRetry={() => void runs.refetch()}
        />
      )}
      {!isPending && runs.isSuccess && live.length === 0 && (
        <div className={ui.card}>
          <EmptyState icon={IconChartBar} title={t('reports.none')}>
            {t('reports.noneText')}
          </EmptyState>
        </div>
      )}
      {!isPending && live.length > 0 && (
        <div className={classes.subjects}>
          <Campaigns live={live} />
          <Channels />
          <section className={`${ui.card} ${classes.wide}`} aria-label={t('runs.title')}>
            <h2 className={classes.blockTitle}>{t('runs.title')}</h2>
            <Runs live={live} />
            {runs.hasNextPage && (
              <Group justify="center" my="md">
                <Button
                  variant="default"
                  loading={runs.isFetchingNextPage}
                  onClick={() => void runs.fetchNextPage()}
                >
                  {t('runs.older')}
                </Button>
              </Group>
            )}
          </section>
        </div>
      )}
    </>
  );
}

/** The way to a campaign that is not among the latest ones. */
function AnyCampaign() {
  const heads = useCampaignHeads().data ?? [];
  const navigate = route.useNavigate();
  return (
    <Select
      aria-label={t('reports.ofCampaign')}
      placeholder={t('reports.ofCampaign')}
      w={280}
      searchable
      value={null}
      onChange={(name) => name !== null && void navigate({ search: { kind: 'campaign', name } })}
      data={heads.map(({ name, label }) => ({ value: name, label: label ?? humanize(name) }))}
    />
  );
}

/** Those that ran live, latest first. */
function Campaigns({ live }: { live: RunListed[] }) {
  const [page, setPage] = useState(1);
  const campaigns = useCampaignsPage({
    sort: LATEST_FIRST,
    limit: PAGE_SIZE,
    offset: (page - 1) * PAGE_SIZE,
  });
  const { items = [], total = 0 } = campaigns.data ?? {};
  // The last run may be a test, with live ones before it.
  const sent = new Map(live.toReversed().map((run) => [run.campaign, run.sent]));
  const ran = items.filter(({ name, last_run }) => last_run?.mode === 'live' || sent.has(name));
  return (
    <section className={ui.card} aria-label={t('campaigns.title')}>
      <h2 className={classes.blockTitle}>{t('campaigns.title')}</h2>
      {campaigns.isPending && <LoadingRows label={t('report.loading')} />}
      {campaigns.isError && (
        <ErrorState
          title={t('campaigns.cannotList')}
          error={campaigns.error}
          onRetry={() => void campaigns.refetch()}
        />
      )}
      {campaigns.isSuccess && (
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
                <SubjectLink subject={{ kind: 'campaign', name }} label={label ?? humanize(name)} />
              ),
            },
            {
              id: 'sent',
              header: t('reports.lastSent'),
              align: 'right',
              cell: ({ name, last_run }) =>
                formatCount(sent.get(name) ?? (last_run?.mode === 'live' ? last_run.sent : null)),
            },
          ]}
        />
      )}
      {total > PAGE_SIZE && (
        <Pager
          page={page}
          pageSize={PAGE_SIZE}
          total={total}
          noun={t('noun.campaigns')}
          onPage={setPage}
        />
      )}
    </section>
  );
}

function Channels() {
  const channels = useDocuments('channel');
  return (
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
              <SubjectLink subject={{ kind: 'channel', name }} label={label ?? humanize(name)} />
            ),
          },
        ]}
      />
    </section>
  );
}

function Runs({ live }: { live: RunListed[] }) {
  const names = useNames();
  return (
    <DataTable
      dense
      label={t('runs.title')}
      rows={live}
      rowKey={({ run }) => run}
      columns={[
        {
          id: 'run',
          header: t('word.started'),
          cell: ({ run, started_at }) => (
            <SubjectLink subject={{ kind: 'run', name: run }} label={formatTime(started_at)} />
          ),
        },
        {
          id: 'campaign',
          header: t('word.campaign'),
          cell: ({ campaign }) => names.campaign(campaign),
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
  );
}

function SubjectLink({ subject, label }: { subject: Subject; label: string }) {
  return (
    <Link to="/reports" search={subject} className={common.link}>
      {label}
    </Link>
  );
}
