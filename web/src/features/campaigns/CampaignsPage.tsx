import { Button, Checkbox, Group } from '@mantine/core';
import {
  IconAlertTriangle,
  IconFileImport,
  IconPlayerPlay,
  IconPlus,
  IconSpeakerphone,
  IconTemplate,
} from '@tabler/icons-react';
import { getRouteApi, Link } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { useCampaigns } from '@/api/campaigns';
import type { CampaignListed } from '@/api/types';
import { campaignLook } from '@/canvas/states';
import { BulkBar } from '@/features/campaigns/BulkBar';
import { readCampaignsSearch, SORTS, type CampaignsSearch } from '@/features/campaigns/search';
import { ViewsMenu } from '@/features/campaigns/ViewsMenu';
import { selectCampaigns } from '@/features/campaigns/select';
import { ModeTag, RunPill } from '@/features/common/RunPills';
import { LaunchDialog } from '@/features/common/LaunchDialog';
import { t } from '@/i18n';
import { DataTable, type DataColumn } from '@/ui/DataTable';
import { choicesOf, FilterSelect } from '@/ui/FilterSelect';
import { formatAgo, formatCount, formatTime, sentence } from '@/ui/format';
import { Listed, NoMatch } from '@/ui/Listed';
import { PageHeader } from '@/ui/PageHeader';
import { Pill, Tag } from '@/ui/Pill';
import { SearchInput } from '@/ui/SearchInput';
import { EmptyState } from '@/ui/states';
import { useNow } from '@/ui/useNow';
import common from '@/features/common/common.module.css';
import classes from '@/features/campaigns/campaigns.module.css';
import ui from '@/ui/ui.module.css';

const CreateDialog = lazy(async () => ({
  default: (await import('@/features/campaigns/CreateDialog')).CreateDialog,
}));
const ImportDialog = lazy(async () => ({
  default: (await import('@/features/bundle/ImportDialog')).ImportDialog,
}));
const route = getRouteApi('/campaigns');

export function CampaignsPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const campaigns = useCampaigns();
  const [starting, setStarting] = useState<CampaignListed>();
  const [creating, setCreating] = useState(false);
  const [importing, setImporting] = useState(false);
  const [marked, setMarked] = useState<ReadonlySet<string>>(new Set());
  const all = campaigns.data ?? [];
  const chosen = all.map(({ name }) => name).filter((name) => marked.has(name));
  const tags = choicesOf(all.flatMap(({ tags: own }) => own ?? []));
  const folders = choicesOf(all.flatMap(({ folder }) => folder ?? []));
  const change = (part: CampaignsSearch) =>
    void navigate({ search: readCampaignsSearch({ ...search, ...part }), replace: true });

  return (
    <>
      <PageHeader
        title={t('campaigns.title')}
        subtitle={
          campaigns.isSuccess
            ? t('campaigns.counts', {
                n: all.length,
                live: all.filter(({ state }) => state === 'live').length,
              })
            : t('campaigns.subtitle')
        }
        actions={
          <>
            <Button
              variant="default"
              leftSection={<IconFileImport size={16} />}
              onClick={() => setImporting(true)}
            >
              {t('bundle.import')}
            </Button>
            <Button
              variant="default"
              leftSection={<IconTemplate size={16} />}
              renderRoot={(root) => <Link to="/templates" {...root} />}
            >
              {t('templates.fromTemplate')}
            </Button>
            <Button
              data-tour="new"
              leftSection={<IconPlus size={16} />}
              onClick={() => setCreating(true)}
            >
              {t('create.title')}
            </Button>
          </>
        }
      />
      <Group gap={10} mb={14}>
        <ViewsMenu
          search={search}
          onSearch={(next) => void navigate({ search: next, replace: true })}
        />
        <SearchInput
          label={t('campaigns.search')}
          value={search.search ?? ''}
          onChange={(text) => change({ search: text })}
        />
        <FilterSelect
          label={t('word.state')}
          any={t('campaigns.anyState')}
          width={150}
          value={search.state}
          onChange={(state) => change({ state })}
          data={choicesOf(all.map(({ state }) => state)).map((state) => ({
            value: state,
            label: campaignLook(state).label,
          }))}
        />
        <FilterSelect
          label={t('word.tag')}
          any={t('campaigns.anyTag')}
          width={150}
          value={search.tag}
          onChange={(tag) => change({ tag })}
          data={tags}
        />
        {folders.length > 0 && (
          <FilterSelect
            label={t('campaigns.folder')}
            any={t('campaigns.anyFolder')}
            width={170}
            value={search.folder}
            onChange={(folder) => change({ folder })}
            data={folders}
          />
        )}
        <FilterSelect
          label={t('views.sort')}
          any={t('views.sort.name')}
          width={200}
          value={search.sort}
          onChange={(sort) => change({ sort: SORTS.find((each) => each === sort) })}
          data={SORTS.map((sort) => ({ value: sort, label: t(`views.sort.${sort}`) }))}
        />
      </Group>
      {chosen.length > 0 && (
        <BulkBar names={chosen} tags={tags} folders={folders} onDone={() => setMarked(new Set())} />
      )}
      <div className={ui.card}>
        <Listed
          query={campaigns}
          loading={t('campaigns.loading')}
          failed={t('campaigns.cannotList')}
        >
          {(listed) => (
            <Content
              campaigns={listed}
              search={search}
              onClear={() => void navigate({ search: {}, replace: true })}
              onStart={setStarting}
              marked={marked}
              onMark={setMarked}
              onCreate={() => setCreating(true)}
            />
          )}
        </Listed>
      </div>
      {importing && (
        <Suspense>
          <ImportDialog onClose={() => setImporting(false)} />
        </Suspense>
      )}
      {creating && (
        <Suspense>
          <CreateDialog taken={all.map(({ name }) => name)} onClose={() => setCreating(false)} />
        </Suspense>
      )}
      {starting !== undefined && (
        <LaunchDialog
          onClose={() => setStarting(undefined)}
          campaign={{
            name: starting.name,
            label: starting.label ?? starting.name,
            draft: starting.state === 'draft',
            version: starting.version,
          }}
        />
      )}
    </>
  );
}

function Content({
  campaigns,
  search,
  onClear,
  onStart,
  marked,
  onMark,
  onCreate,
}: {
  campaigns: CampaignListed[];
  search: CampaignsSearch;
  onClear: () => void;
  onStart: (campaign: CampaignListed) => void;
  onCreate: () => void;
} & Marking) {
  const now = useNow(30_000);
  const navigate = route.useNavigate();
  if (campaigns.length === 0) {
    return (
      <EmptyState icon={IconSpeakerphone} title={t('campaigns.none')}>
        {t('campaigns.emptyHelp')}
        <br />
        <Button mt="sm" mb="sm" size="sm" leftSection={<IconPlus size={16} />} onClick={onCreate}>
          {t('create.title')}
        </Button>
        <br />
        {t('campaigns.emptyApply')}
        <pre>tutti apply -f campaigns/</pre>
      </EmptyState>
    );
  }
  const rows = selectCampaigns(campaigns, search);
  if (rows.length === 0) {
    return (
      <NoMatch title={t('campaigns.noMatch')} onClear={onClear}>
        {t('campaigns.noMatchText')}
      </NoMatch>
    );
  }
  return (
    <DataTable
      label={t('campaigns.title')}
      columns={columns(now, onStart, { marked, onMark }, rows)}
      isSelected={({ name }) => marked.has(name)}
      rows={rows}
      rowKey={({ name }) => name}
      onRowClick={({ name }) => void navigate({ to: '/campaigns/$name', params: { name } })}
    />
  );
}

interface Marking {
  marked: ReadonlySet<string>;
  onMark: (marked: ReadonlySet<string>) => void;
}

/** Chooses campaigns for what is done with many at once. */
function markColumn(
  { marked, onMark }: Marking,
  rows: CampaignListed[],
): DataColumn<CampaignListed> {
  const all = rows.every(({ name }) => marked.has(name));
  return {
    id: 'mark',
    width: 34,
    header: (
      <Checkbox
        size="xs"
        aria-label={t('campaigns.markAll')}
        checked={all}
        indeterminate={!all && marked.size > 0}
        onChange={() => onMark(new Set(all ? [] : rows.map(({ name }) => name)))}
      />
    ),
    cell: ({ name, label }) => (
      <Checkbox
        size="xs"
        aria-label={t('campaigns.mark', { name: label ?? name })}
        checked={marked.has(name)}
        onClick={(event) => event.stopPropagation()}
        onChange={({ currentTarget }) => {
          const next = new Set(marked);
          if (currentTarget.checked) next.add(name);
          else next.delete(name);
          onMark(next);
        }}
      />
    ),
  };
}

const NEXT_LAUNCH: DataColumn<CampaignListed> = {
  id: 'next',
  header: t('campaigns.nextLaunch'),
  width: 150,
  cell: ({ next_launch_at }) =>
    next_launch_at ? formatTime(next_launch_at) : <span className={common.muted}>–</span>,
};

function columns(
  now: number,
  onStart: (campaign: CampaignListed) => void,
  marking: Marking,
  rows: CampaignListed[],
): DataColumn<CampaignListed>[] {
  return [
    markColumn(marking, rows),
    {
      id: 'campaign',
      header: t('word.campaign'),
      cell: ({ name, label, description, tags }) => (
        <div className={classes.campaign}>
          <Link to="/campaigns/$name" params={{ name }} className={common.link}>
            {label ?? name}
          </Link>
          {description && <div className={classes.description}>{description}</div>}
          {tags !== null && tags !== undefined && tags.length > 0 && (
            <div className={classes.tags}>
              {tags.map((tag) => (
                <Tag key={tag}>{tag}</Tag>
              ))}
            </div>
          )}
        </div>
      ),
    },
    {
      id: 'state',
      header: t('word.state'),
      width: 110,
      cell: ({ state, attention }) => {
        const { tone, label } = campaignLook(state);
        return (
          <Group gap={6} wrap="nowrap">
            <Pill tone={tone}>{label}</Pill>
            {attention && (
              <IconAlertTriangle
                size={16}
                color="var(--t-warn)"
                role="img"
                aria-label={sentence(attention)}
                title={sentence(attention)}
              />
            )}
          </Group>
        );
      },
    },
    ...(rows.some(({ next_launch_at }) => next_launch_at) ? [NEXT_LAUNCH] : []),
    {
      id: 'activities',
      header: t('word.activities'),
      align: 'right',
      width: 90,
      cell: ({ activities }) => formatCount(activities),
    },
    {
      id: 'last',
      header: t('campaigns.lastRun'),
      width: 210,
      cell: ({ last_run }) =>
        last_run === null ? (
          <span className={common.muted}>{t('campaigns.neverRan')}</span>
        ) : (
          <div className={classes.last}>
            <Group gap={6} wrap="nowrap">
              <RunPill state={last_run.state} />
              {last_run.mode === 'test' && <ModeTag mode="test" />}
            </Group>
            <span className={common.muted} title={formatTime(last_run.started_at)}>
              {formatAgo(last_run.started_at, now)}
            </span>
          </div>
        ),
    },
    {
      id: 'targeted',
      header: t('word.targeted'),
      align: 'right',
      width: 100,
      cell: ({ last_run }) => formatCount(last_run?.targeted),
    },
    {
      id: 'sent',
      header: t('figure.sent'),
      align: 'right',
      width: 100,
      cell: ({ last_run }) => formatCount(last_run?.sent),
    },
    {
      id: 'run',
      header: <span className={classes.hidden}>{t('word.actions')}</span>,
      align: 'right',
      width: 120,
      cell: (campaign) => (
        <Button
          size="xs"
          variant="default"
          leftSection={<IconPlayerPlay size={14} />}
          aria-label={t('campaigns.run', { name: campaign.label ?? campaign.name })}
          onClick={(event) => {
            event.stopPropagation();
            onStart(campaign);
          }}
        >
          {t('run.now')}
        </Button>
      ),
    },
  ];
}
