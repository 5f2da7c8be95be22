import { Button, Checkbox, Group } from '@mantine/core';
import { IconFileImport, IconPlus, IconSpeakerphone, IconTemplate } from '@tabler/icons-react';
import { getRouteApi, Link } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { useCampaignCount, useCampaignsPage } from '@/api/campaigns';
import { useCampaignHeads } from '@/api/documents';
import type { CampaignListed } from '@/api/types';
import { campaignLook } from '@/canvas/states';
import {
  COLUMNS,
  columnLabel,
  columnsOf,
  HIDDEN,
  type Marking,
} from '@/features/campaigns/columns';
import {
  listOf,
  PAGE_SIZE,
  queryOf,
  readCampaignsSearch,
  SORTS,
  STATES,
  type CampaignsSearch,
} from '@/features/campaigns/search';
import { ViewsMenu } from '@/features/campaigns/ViewsMenu';
import { t } from '@/i18n';
import { ColumnsMenu, useColumns, type ColumnChoice } from '@/ui/ColumnsMenu';
import { DataTable } from '@/ui/DataTable';
import { choicesOf, FilterMany, FilterSelect } from '@/ui/FilterSelect';
import { Listed, NoMatch } from '@/ui/Listed';
import { PageHeader } from '@/ui/PageHeader';
import { Pager } from '@/ui/Pager';
import { SearchInput } from '@/ui/SearchInput';
import { EmptyState } from '@/ui/states';
import { useNow } from '@/ui/useNow';
import classes from '@/features/campaigns/campaigns.module.css';
import ui from '@/ui/ui.module.css';

const BulkBar = lazy(async () => ({
  default: (await import('@/features/campaigns/BulkBar')).BulkBar,
}));
const CreateDialog = lazy(async () => ({
  default: (await import('@/features/campaigns/CreateDialog')).CreateDialog,
}));
const ImportDialog = lazy(async () => ({
  default: (await import('@/features/bundle/ImportDialog')).ImportDialog,
}));
const LaunchDialog = lazy(async () => ({
  default: (await import('@/features/common/LaunchDialog')).LaunchDialog,
}));
const route = getRouteApi('/campaigns');

export function CampaignsPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const page = useCampaignsPage(queryOf(search));
  const heads = useCampaignHeads().data ?? [];
  const [starting, setStarting] = useState<CampaignListed>();
  const [creating, setCreating] = useState(false);
  const [importing, setImporting] = useState(false);
  const [marked, setMarked] = useState<ReadonlySet<string>>(new Set());
  const choice = useColumns('campaigns', HIDDEN);
  const tags = choicesOf(heads.flatMap(({ tags: own }) => own));
  const folders = choicesOf(heads.flatMap(({ folder }) => folder ?? []));
  // Whoever looks for something else begins at the first page.
  const change = (part: CampaignsSearch) =>
    void navigate({
      search: readCampaignsSearch({ ...search, page: undefined, ...part }),
      replace: true,
    });
  return (
    <>
      <PageHeader
        title={t('campaigns.title')}
        subtitle={<Counts />}
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
      <Filters
        search={search}
        tags={tags}
        folders={folders}
        choice={choice}
        onChange={change}
        onSearch={(next) => void navigate({ search: next, replace: true })}
      />
      {marked.size > 0 && (
        <Suspense>
          <BulkBar
            names={[...marked]}
            labelOf={(name) => heads.find((each) => each.name === name)?.label ?? name}
            tags={tags}
            folders={folders}
            onDone={() => setMarked(new Set())}
          />
        </Suspense>
      )}
      <div className={ui.card}>
        <Listed query={page} loading={t('campaigns.loading')} failed={t('campaigns.cannotList')}>
          {({ items, total }) => (
            <>
              <Content
                campaigns={items}
                stale={page.isPlaceholderData}
                search={search}
                choice={choice}
                marked={marked}
                onMark={setMarked}
                onChange={change}
                onClear={() => void navigate({ search: {}, replace: true })}
                onStart={setStarting}
                onCreate={() => setCreating(true)}
              />
              {total > PAGE_SIZE && (
                <Pager
                  page={search.page ?? 1}
                  pageSize={PAGE_SIZE}
                  total={total}
                  noun={t('noun.campaigns')}
                  onPage={(next) => change({ page: next })}
                />
              )}
            </>
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
          <CreateDialog taken={heads.map(({ name }) => name)} onClose={() => setCreating(false)} />
        </Suspense>
      )}
      {starting !== undefined && (
        <Suspense>
          <LaunchDialog
            onClose={() => setStarting(undefined)}
            campaign={{ name: starting.name, label: starting.label ?? starting.name }}
          />
        </Suspense>
      )}
    </>
  );
}

/** How many campaigns there are, whatever is looked for. */
function Counts() {
  const all = useCampaignCount(undefined).data;
  const live = useCampaignCount('live').data;
  return all === undefined || live === undefined
    ? t('campaigns.subtitle')
    : t('campaigns.counts', { n: all, live });
}

interface FiltersProps {
  search: CampaignsSearch;
  tags: string[];
  folders: string[];
  choice: ColumnChoice;
  onChange: (part: CampaignsSearch) => void;
  onSearch: (search: CampaignsSearch) => void;
}

function Filters({ search, tags, folders, choice, onChange, onSearch }: FiltersProps) {
  return (
    <Group gap={10} className={classes.filters}>
      <ViewsMenu search={search} onSearch={onSearch} />
      <SearchInput
        label={t('campaigns.search')}
        value={search.search ?? ''}
        onChange={(text) => onChange({ search: text })}
      />
      <FilterMany
        label={t('word.state')}
        any={t('campaigns.anyState')}
        width={160}
        value={listOf(search.state)}
        onChange={(states) => onChange({ state: states.join(',') })}
        data={STATES.map((state) => ({ value: state, label: campaignLook(state).label }))}
      />
      <FilterMany
        label={t('word.tag')}
        any={t('campaigns.anyTag')}
        width={160}
        value={listOf(search.tag)}
        onChange={(chosen) => onChange({ tag: chosen.join(',') })}
        data={choicesOf([...tags, ...listOf(search.tag)])}
      />
      {(folders.length > 0 || search.folder !== undefined) && (
        <FilterSelect
          label={t('campaigns.folder')}
          any={t('campaigns.anyFolder')}
          width={170}
          value={search.folder}
          onChange={(folder) => onChange({ folder })}
          data={choicesOf([...folders, search.folder ?? ''].filter(Boolean))}
        />
      )}
      <Checkbox
        label={t('campaigns.attention')}
        checked={search.attention === 'yes'}
        onChange={({ currentTarget }) =>
          onChange({ attention: currentTarget.checked ? 'yes' : undefined })
        }
      />
      <ColumnsMenu
        columns={COLUMNS.map((id) => ({ id, label: columnLabel(id) }))}
        choice={choice}
      />
    </Group>
  );
}

interface ContentProps extends Marking {
  campaigns: CampaignListed[];
  stale: boolean;
  search: CampaignsSearch;
  choice: ColumnChoice;
  onChange: (part: CampaignsSearch) => void;
  onClear: () => void;
  onStart: (campaign: CampaignListed) => void;
  onCreate: () => void;
}

function Content(props: ContentProps) {
  const { campaigns, search, choice, onChange } = props;
  const now = useNow(30_000);
  const navigate = route.useNavigate();
  const all = useCampaignCount(undefined).data;
  if (campaigns.length === 0) {
    return all === 0 ? (
      <Nothing onCreate={props.onCreate} />
    ) : (
      <NoMatch title={t('campaigns.noMatch')} onClear={props.onClear}>
        {t('campaigns.noMatchText')}
      </NoMatch>
    );
  }
  return (
    <DataTable
      label={t('campaigns.title')}
      stale={props.stale}
      columns={columnsOf({
        now,
        rows: campaigns,
        shown: choice.shown,
        marked: props.marked,
        onMark: props.onMark,
        onStart: props.onStart,
      })}
      sorting={{
        by: search.sort ?? 'label',
        descending: search.order === 'descending',
        onSort: (by, descending) =>
          onChange({
            sort: SORTS.find((each) => each === by),
            order: descending ? 'descending' : undefined,
          }),
      }}
      isSelected={({ name }) => props.marked.has(name)}
      rows={campaigns}
      rowKey={({ name }) => name}
      onRowClick={({ name }) => void navigate({ to: '/campaigns/$name', params: { name } })}
    />
  );
}

function Nothing({ onCreate }: { onCreate: () => void }) {
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
