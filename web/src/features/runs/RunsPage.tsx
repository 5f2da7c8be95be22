import { Button, Group, TextInput } from '@mantine/core';
import { IconRun } from '@tabler/icons-react';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useCampaignHeads } from '@/api/documents';
import { useRunPages } from '@/api/runs';
import type { RunListed } from '@/api/types';
import { runLook } from '@/canvas/states';
import { ModeTag, RunPill } from '@/features/common/RunPills';
import {
  queryOf,
  readRunsSearch,
  RUN_MODES,
  RUN_STATES,
  type RunsSearch,
} from '@/features/runs/search';
import { DataTable, type DataColumn } from '@/ui/DataTable';
import { FilterMany, FilterSelect } from '@/ui/FilterSelect';
import { elapsedMs, formatAgo, formatCount, formatDuration, formatTime } from '@/ui/format';
import { Listed, NoMatch } from '@/ui/Listed';
import { PageHeader } from '@/ui/PageHeader';
import { EmptyState } from '@/ui/states';
import { useNow } from '@/ui/useNow';
import common from '@/features/common/common.module.css';
import ui from '@/ui/ui.module.css';
import { t } from '@/i18n';

const route = getRouteApi('/runs');

export function RunsPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const runs = useRunPages(queryOf(search));
  const heads = useCampaignHeads().data ?? [];
  const names = new Map(heads.map(({ name, label }) => [name, label ?? name]));
  const change = (part: RunsSearch) =>
    void navigate({ search: readRunsSearch({ ...search, ...part }), replace: true });
  return (
    <>
      <PageHeader title={t('runs.title')} subtitle={t('runs.subtitle')} />
      <Filters search={search} names={names} onChange={change} />
      <div className={ui.card}>
        <Listed query={runs} loading={t('runs.loading')} failed={t('runs.cannotList')}>
          {({ pages }) => (
            <Content
              runs={pages.flat()}
              stale={runs.isPlaceholderData}
              filtered={Object.values(search).some((value) => value !== undefined)}
              names={names}
              onClear={() => void navigate({ search: {}, replace: true })}
            />
          )}
        </Listed>
      </div>
      {runs.hasNextPage && (
        <Group justify="center" mt="md">
          <Button
            variant="default"
            loading={runs.isFetchingNextPage}
            onClick={() => void runs.fetchNextPage()}
          >
            {t('runs.older')}
          </Button>
        </Group>
      )}
    </>
  );
}

interface FiltersProps {
  search: RunsSearch;
  names: Map<string, string>;
  onChange: (part: RunsSearch) => void;
}

function Filters({ search, names, onChange }: FiltersProps) {
  const { campaign, state, mode, from, to } = search;
  return (
    <Group gap={10} mb={14}>
      <FilterSelect
        label={t('word.campaign')}
        any={t('runs.anyCampaign')}
        width={280}
        searchable
        value={campaign}
        onChange={(name) => onChange({ campaign: name })}
        data={[...names].map(([value, label]) => ({ value, label }))}
      />
      <FilterMany
        label={t('word.state')}
        any={t('campaigns.anyState')}
        width={170}
        value={state?.split(',').filter(Boolean) ?? []}
        onChange={(states) => onChange({ state: states.join(',') })}
        data={RUN_STATES.map((value) => ({ value, label: runLook(value).label }))}
      />
      <FilterSelect
        label={t('runs.mode')}
        any={t('runs.anyMode')}
        width={140}
        value={mode}
        onChange={(next) => onChange({ mode: RUN_MODES.find((each) => each === next) })}
        data={RUN_MODES.map((value) => ({ value, label: t(`mode.${value}`) }))}
      />
      <TextInput
        type="date"
        aria-label={t('runs.from')}
        title={t('runs.from')}
        max={to}
        value={from ?? ''}
        onChange={({ currentTarget }) => onChange({ from: currentTarget.value })}
      />
      <TextInput
        type="date"
        aria-label={t('runs.to')}
        title={t('runs.to')}
        min={from}
        value={to ?? ''}
        onChange={({ currentTarget }) => onChange({ to: currentTarget.value })}
      />
    </Group>
  );
}

interface ContentProps {
  runs: RunListed[];
  stale: boolean;
  filtered: boolean;
  names: Map<string, string>;
  onClear: () => void;
}

function Content({ runs, stale, filtered, names, onClear }: ContentProps) {
  const navigate = route.useNavigate();
  const now = useNow(5_000);
  if (runs.length === 0) {
    return filtered ? (
      <NoMatch title={t('campaigns.noMatch')} onClear={onClear}>
        {t('runs.noMatchText')}
      </NoMatch>
    ) : (
      <EmptyState icon={IconRun} title={t('runs.none')}>
        {t('runs.noneText')}
      </EmptyState>
    );
  }
  return (
    <DataTable
      label={t('runs.title')}
      stale={stale}
      columns={columns(names, now)}
      rows={runs}
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
