import { Button, Group } from '@mantine/core';
import { IconMailSpark, IconPlus } from '@tabler/icons-react';
import { getRouteApi, Link } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { useContents, type ContentListed, type ContentUsage } from '@/api/contents';
import { readContentsSearch, type ContentsSearch } from '@/features/contents/search';
import { selectContents } from '@/features/contents/select';
import { t } from '@/i18n';
import { DataTable, type DataColumn } from '@/ui/DataTable';
import { choicesOf, FilterSelect } from '@/ui/FilterSelect';
import { formatAgo, formatTime } from '@/ui/format';
import { Listed, NoMatch } from '@/ui/Listed';
import { PageHeader } from '@/ui/PageHeader';
import { Pill, Tag } from '@/ui/Pill';
import { SearchInput } from '@/ui/SearchInput';
import { EmptyState } from '@/ui/states';
import { useNow } from '@/ui/useNow';
import common from '@/features/common/common.module.css';
import classes from '@/features/contents/contents.module.css';
import ui from '@/ui/ui.module.css';

const CreateContent = lazy(async () => ({
  default: (await import('@/features/contents/CreateContent')).CreateContent,
}));
const route = getRouteApi('/contents');
/** Uses that a line shows; the others are counted. */
const USES_SHOWN = 3;

export function ContentsPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const contents = useContents();
  const [creating, setCreating] = useState(false);
  const all = contents.data ?? [];
  const change = (part: ContentsSearch) =>
    void navigate({ search: readContentsSearch({ ...search, ...part }), replace: true });
  const tags = all.flatMap(({ tags: own }) => own);
  const folders = all.flatMap(({ folder }) => folder ?? []);

  return (
    <>
      <PageHeader
        title={t('contents.title')}
        subtitle={t('contents.subtitle')}
        actions={
          <Button leftSection={<IconPlus size={16} />} onClick={() => setCreating(true)}>
            {t('contents.new')}
          </Button>
        }
      />
      <Group gap={10} mb={14}>
        <SearchInput
          label={t('contents.search')}
          value={search.search ?? ''}
          onChange={(text) => change({ search: text })}
        />
        <FilterSelect
          label={t('contents.kind')}
          any={t('contents.anyKind')}
          value={search.kind}
          onChange={(kind) => change({ kind: kind as ContentsSearch['kind'] })}
          data={[
            { value: 'content', label: t('contents.messages') },
            { value: 'fragment', label: t('contents.fragments') },
          ]}
        />
        {tags.length > 0 && (
          <FilterSelect
            label={t('word.tag')}
            any={t('campaigns.anyTag')}
            value={search.tag}
            onChange={(tag) => change({ tag })}
            data={choicesOf(tags)}
          />
        )}
        {folders.length > 0 && (
          <FilterSelect
            label={t('campaigns.folder')}
            any={t('campaigns.anyFolder')}
            value={search.folder}
            onChange={(folder) => change({ folder })}
            data={choicesOf(folders)}
          />
        )}
      </Group>
      <div className={ui.card}>
        <Listed query={contents} loading={t('common.loading')} failed={t('contents.cannotList')}>
          {(listed) => (
            <Lines
              contents={listed}
              search={search}
              onClear={() => void navigate({ search: {}, replace: true })}
              onCreate={() => setCreating(true)}
            />
          )}
        </Listed>
      </div>
      {creating && (
        <Suspense>
          <CreateContent taken={all} onClose={() => setCreating(false)} />
        </Suspense>
      )}
    </>
  );
}

function Lines({
  contents,
  search,
  onClear,
  onCreate,
}: {
  contents: ContentListed[];
  search: ContentsSearch;
  onClear: () => void;
  onCreate: () => void;
}) {
  const now = useNow(30_000);
  const navigate = route.useNavigate();
  if (contents.length === 0) {
    return (
      <EmptyState icon={IconMailSpark} title={t('contents.none')}>
        {t('contents.noneText')}
        <br />
        <Button mt="sm" size="sm" leftSection={<IconPlus size={16} />} onClick={onCreate}>
          {t('contents.new')}
        </Button>
      </EmptyState>
    );
  }
  const rows = selectContents(contents, search);
  if (rows.length === 0) {
    return <NoMatch title={t('contents.noMatch')} onClear={onClear} />;
  }
  return (
    <DataTable
      label={t('contents.title')}
      columns={columns(now)}
      rows={rows}
      rowKey={({ kind, name }) => `${kind}/${name}`}
      onRowClick={({ kind, name }) =>
        void navigate({ to: '/contents/$kind/$name', params: { kind, name } })
      }
    />
  );
}

function columns(now: number): DataColumn<ContentListed>[] {
  return [
    {
      id: 'content',
      header: t('contents.content'),
      cell: ({ kind, name, label, subject, tags }) => (
        <div className={classes.content}>
          <Link to="/contents/$kind/$name" params={{ kind, name }} className={common.link}>
            {label ?? name}
          </Link>
          {subject && <div className={classes.subject}>{subject}</div>}
          {tags.length > 0 && (
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
      id: 'kind',
      header: t('contents.kind'),
      width: 170,
      cell: ({ kind, format, draft }) => (
        <Group gap={6} wrap="nowrap">
          <span className={`${common.muted} ${ui.nowrap}`}>
            {kind === 'fragment' ? t('contents.fragment') : t('contents.message')}
            {' · '}
            {format.toUpperCase()}
          </span>
          {draft && <Pill tone="warn">{t('contents.draft')}</Pill>}
        </Group>
      ),
    },
    {
      id: 'used',
      header: t('contents.usedBy'),
      width: 260,
      cell: ({ used_by }) => <Uses uses={used_by} />,
    },
    {
      id: 'changed',
      header: t('contents.changed'),
      align: 'right',
      cell: ({ updated_at, version }) => (
        <span className={common.muted} title={formatTime(updated_at)}>
          {formatAgo(updated_at, now)} · {t('contents.version', { n: version })}
        </span>
      ),
    },
  ];
}

function Uses({ uses }: { uses: ContentUsage[] }) {
  if (uses.length === 0) return <span className={common.muted}>{t('contents.unused')}</span>;
  return (
    <div className={classes.uses}>
      {uses.slice(0, USES_SHOWN).map((use) => (
        <Use key={`${use.kind} ${use.name} ${use.activity ?? ''}`} use={use} />
      ))}
      {uses.length > USES_SHOWN && (
        <span className={common.muted}>{t('contents.more', { n: uses.length - USES_SHOWN })}</span>
      )}
    </div>
  );
}

export function Use({ use: { kind, name, activity } }: { use: ContentUsage }) {
  if (kind === 'campaign') {
    return (
      <Link
        to="/campaigns/$name"
        params={{ name }}
        search={activity === undefined ? {} : { activity }}
        className={common.link}
        onClick={(event) => event.stopPropagation()}
      >
        {name}
      </Link>
    );
  }
  return (
    <Link
      to="/contents/$kind/$name"
      params={{ kind, name }}
      className={common.link}
      onClick={(event) => event.stopPropagation()}
    >
      {name}
    </Link>
  );
}
