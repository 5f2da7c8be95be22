import { Group, Select } from '@mantine/core';
import { IconRun } from '@tabler/icons-react';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useCampaigns } from '@/api/campaigns';
import { useRuns } from '@/api/runs';
import type { RunListed } from '@/api/types';
import { ModeTag, RunPill } from '@/features/common/RunPills';
import { DataTable, type DataColumn } from '@/ui/DataTable';
import { elapsedMs, formatAgo, formatCount, formatDuration, formatTime } from '@/ui/format';
import { PageHeader } from '@/ui/PageHeader';
import { EmptyState, ErrorState, LoadingRows } from '@/ui/states';
import { useNow } from '@/ui/useNow';
import common from '@/features/common/common.module.css';
import ui from '@/ui/ui.module.css';
import { t } from '@/i18n';

const route = getRouteApi('/runs');
/** The server's list has no pages; this many of the newest are shown. */
const RUNS_MAX = 200;

export function RunsPage() {
  const { campaign } = route.useSearch();
  const navigate = route.useNavigate();
  const campaigns = useCampaigns();
  const names = new Map(campaigns.data?.map(({ name, label }) => [name, label ?? name]));
  return (
    <>
      <PageHeader title={t('runs.title')} subtitle={t('runs.subtitle')} />
      <Group gap={10} mb={14}>
        <Select
          aria-label={t('word.campaign')}
          placeholder={t('runs.anyCampaign')}
          w={280}
          clearable
          searchable
          value={campaign ?? null}
          onChange={(name) =>
            void navigate({ search: { campaign: name ?? undefined }, replace: true })
          }
          data={[...names].map(([value, label]) => ({ value, label }))}
        />
      </Group>
      <div className={ui.card}>
        <Content campaign={campaign} names={names} />
      </div>
    </>
  );
}

function Content({ campaign, names }: { campaign?: string; names: Map<string, string> }) {
  const runs = useRuns(campaign, RUNS_MAX);
  const navigate = route.useNavigate();
  const now = useNow(5_000);
  if (runs.isPending) return <LoadingRows label={t('runs.loading')} />;
  if (runs.isError) {
    const retry = () => void runs.refetch();
    return <ErrorState title={t('runs.cannotList')} error={runs.error} onRetry={retry} />;
  }
  if (runs.data.length === 0) {
    return (
      <EmptyState icon={IconRun} title={t('runs.none')}>
        {t('runs.noneText')}
      </EmptyState>
    );
  }
  return (
    <DataTable
      label={t('runs.title')}
      columns={columns(names, now)}
      rows={runs.data}
      rowKey={({ run }) => run}
      onRowClick={({ run }) => void navigate({ to: '/runs/$run', params: { run } })}
    />
  );
}

function columns(names: Map<string, string>, now: number): DataColumn<RunListed>[] {
  return [
    {
      id: 'started',
      header: t('word.started'),
      cell: ({ run, started_at }) => (
        <>
          <Link to="/runs/$run" params={{ run }} className={common.link}>
            {formatTime(started_at)}
          </Link>
          <div className={common.muted} style={{ fontSize: 12.5 }}>
            {formatAgo(started_at, now)}
          </div>
        </>
      ),
    },
    {
      id: 'campaign',
      header: t('word.campaign'),
      cell: ({ campaign, version }) => (
        <>
          {names.get(campaign) ?? campaign}{' '}
          <span className={common.muted}>
            {t('word.version')} {version}
          </span>
        </>
      ),
    },
    {
      id: 'state',
      header: t('word.state'),
      cell: ({ state, mode }) => (
        <Group gap={6} wrap="nowrap">
          <RunPill state={state} />
          <ModeTag mode={mode} />
        </Group>
      ),
    },
    {
      id: 'took',
      header: t('word.took'),
      align: 'right',
      cell: ({ started_at, finished_at }) =>
        formatDuration(elapsedMs(started_at, finished_at, now)),
    },
    figure('targeted', t('word.targeted')),
    figure('excluded', t('figure.excluded')),
    figure('sent', t('figure.sent')),
    figure('failed', t('figure.failed')),
  ];
}

function figure(
  id: 'targeted' | 'excluded' | 'sent' | 'failed',
  header: string,
): DataColumn<RunListed> {
  return { id, header, align: 'right', width: 90, cell: (run) => formatCount(run[id]) };
}
