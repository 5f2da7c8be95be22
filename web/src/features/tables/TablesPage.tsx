import { Button, SegmentedControl, Tabs } from '@mantine/core';
import {
  IconArrowRight,
  IconKey,
  IconLink,
  IconPencil,
  IconPlus,
  IconTable,
  IconTableOff,
  IconUpload,
} from '@tabler/icons-react';
import { getRouteApi, Link } from '@tanstack/react-router';
import { Fragment, lazy, Suspense, useState } from 'react';
import { useTables } from '@/api/server';
import type { TableColumn, TableListed } from '@/api/types';
import { ImportDialog } from '@/features/tables/ImportDialog';
import { LinkDialog } from '@/features/tables/LinkDialog';
import { Quality } from '@/features/tables/Quality';
import { readTablesSearch, TABS, type TablesSearch } from '@/features/tables/search';
import { TableDialog } from '@/features/tables/TableDialog';
import { Versions } from '@/features/tables/Versions';
import { DataTable, type DataColumn } from '@/ui/DataTable';
import { formatCount, humanize, typeWords } from '@/ui/format';
import { PageHeader } from '@/ui/PageHeader';
import { Tag } from '@/ui/Pill';
import { Stat } from '@/ui/Stat';
import { EmptyState, ErrorState, LoadingRows } from '@/ui/states';
import common from '@/features/common/common.module.css';
import classes from '@/features/tables/tables.module.css';
import ui from '@/ui/ui.module.css';
import { t, tMaybe } from '@/i18n';

const route = getRouteApi('/tables');
const Diagram = lazy(async () => ({
  default: (await import('@/features/tables/Diagram')).Diagram,
}));

export function TablesPage() {
  const tables = useTables();
  const { view = 'list' } = route.useSearch();
  const change = useChange();
  const [making, setMaking] = useState(false);
  /** The ends of the link that is made, as far as they were drawn. */
  const [linking, setLinking] = useState<{ from?: string; to?: string }>();
  const rows = tables.data?.reduce((sum, table) => sum + (table.rows ?? 0), 0) ?? 0;
  return (
    <>
      <PageHeader
        title={t('tables.title')}
        subtitle={
          tables.isSuccess && tables.data.length > 0
            ? `${t('count.tables', { n: tables.data.length })}, ${t('count.rows', { n: rows })}`
            : t('tables.subtitle')
        }
        actions={
          <>
            <SegmentedControl
              size="xs"
              aria-label={t('tables.view')}
              value={view}
              onChange={(next) => change({ view: next === 'diagram' ? 'diagram' : undefined })}
              data={[
                { value: 'list', label: t('tables.asList') },
                { value: 'diagram', label: t('diagram.title') },
              ]}
            />
            <Button
              variant="default"
              leftSection={<IconLink size={16} />}
              disabled={!tables.isSuccess}
              onClick={() => setLinking({})}
            >
              {t('tableForm.link')}
            </Button>
            <Button leftSection={<IconPlus size={16} />} onClick={() => setMaking(true)}>
              {t('import.newTable')}
            </Button>
          </>
        }
      />
      {view === 'diagram' && tables.isSuccess ? (
        <Suspense fallback={<LoadingRows label={t('tables.loading')} />}>
          <Diagram tables={tables.data} onLink={(from, to) => setLinking({ from, to })} />
        </Suspense>
      ) : (
        <Content tables={tables} />
      )}
      {linking !== undefined && tables.isSuccess && (
        <LinkDialog
          tables={tables.data}
          from={linking.from}
          to={linking.to}
          onClose={() => setLinking(undefined)}
        />
      )}
      {making && (
        <ImportDialog
          table={undefined}
          onClose={(made) => {
            setMaking(false);
            if (made !== undefined) change({ table: made, view: undefined });
          }}
        />
      )}
    </>
  );
}

function useChange() {
  const navigate = route.useNavigate();
  return (part: TablesSearch) =>
    void navigate({
      search: (former) => readTablesSearch({ ...former, ...part }),
      replace: true,
      resetScroll: false,
    });
}

function Content({ tables }: { tables: ReturnType<typeof useTables> }) {
  const search = route.useSearch();
  if (tables.isPending) {
    return (
      <div className={ui.card}>
        <LoadingRows label={t('tables.loading')} />
      </div>
    );
  }
  if (tables.isError) {
    const retry = () => void tables.refetch();
    return (
      <div className={ui.card}>
        <ErrorState title={t('tables.cannotList')} error={tables.error} onRetry={retry} />
      </div>
    );
  }
  // One's own first; those that Tutti keeps by itself come behind them.
  const sorted = [...tables.data].sort(
    (a, b) =>
      Number(a.builtin === true) - Number(b.builtin === true) ||
      (a.label ?? a.name).localeCompare(b.label ?? b.name),
  );
  const ownCount = sorted.filter(({ builtin }) => builtin !== true).length;
  const chosen =
    search.table === undefined ? sorted[0] : sorted.find(({ name }) => name === search.table);
  if (sorted.length === 0) {
    return (
      <div className={ui.card}>
        <EmptyState icon={IconTable} title={t('tables.none')}>
          {t('tables.noneText')}
          <pre>tutti import customers customers.csv</pre>
        </EmptyState>
      </div>
    );
  }
  return (
    <div className={classes.panes}>
      <nav className={`${ui.card} ${classes.list}`} aria-label={t('tables.title')}>
        {sorted.map(({ name, label, rows }, index) => (
          <Fragment key={name}>
            {index === ownCount && <p className={classes.group}>{t('tables.kept')}</p>}
            <Link
              to="/tables"
              search={{ table: name }}
              replace
              className={classes.item}
              aria-current={name === chosen?.name ? 'true' : undefined}
              activeOptions={{ includeSearch: true }}
            >
              <IconTable size={17} stroke={1.7} aria-hidden />
              <span className={classes.name} title={name}>
                {label ?? humanize(name)}
              </span>
              <span className={classes.rows}>{formatCount(rows)}</span>
            </Link>
          </Fragment>
        ))}
      </nav>
      {chosen === undefined ? (
        <div className={ui.card}>
          <EmptyState icon={IconTableOff} title={t('tables.noSuch')} tone="neutral">
            {t('tables.noSuchText', { name: search.table ?? '' })}
          </EmptyState>
        </div>
      ) : (
        <Table
          table={chosen}
          labels={new Map(sorted.map(({ name, label }) => [name, label ?? humanize(name)]))}
        />
      )}
    </div>
  );
}

function Table({ table, labels }: { table: TableListed; labels: Map<string, string> }) {
  const { tab = 'columns' } = route.useSearch();
  const change = useChange();
  const [importing, setImporting] = useState(false);
  const [editing, setEditing] = useState(false);
  return (
    <section
      className={ui.card}
      aria-label={t('tables.table', { name: table.label ?? table.name })}
    >
      <div className={classes.tableHead}>
        <div>
          <h2 className={classes.title}>{table.label ?? humanize(table.name)}</h2>
          <span className={`${common.mono} ${common.muted}`}>{table.name}</span>{' '}
          {table.builtin === true && <Tag>{t('tables.builtin')}</Tag>}
        </div>
        <div className={classes.stats}>
          <Stat label={t('word.rows')} value={formatCount(table.rows)} />
          <Stat label={t('word.columns')} value={formatCount(table.columns.length)} />
          <Stat label={t('tables.version')} value={formatCount(table.version)} />
          {table.builtin !== true && (
            <>
              <Button
                variant="default"
                leftSection={<IconPencil size={16} />}
                onClick={() => setEditing(true)}
              >
                {t('tableForm.edit')}
              </Button>
              <Button
                variant="default"
                leftSection={<IconUpload size={16} />}
                onClick={() => setImporting(true)}
              >
                {t('import.title')}
              </Button>
            </>
          )}
        </div>
      </div>
      <Tabs
        keepMounted={false}
        value={tab}
        onChange={(next) => change({ tab: TABS.find((each) => each === next) })}
      >
        <Tabs.List className={classes.tabs}>
          <Tabs.Tab value="columns">{t('word.columns')}</Tabs.Tab>
          <Tabs.Tab value="quality">{t('quality.title')}</Tabs.Tab>
          <Tabs.Tab value="versions">{t('tableVersions.title')}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="columns">
          <Columns table={table} labels={labels} />
        </Tabs.Panel>
        <Tabs.Panel value="quality">
          <Quality table={table} />
        </Tabs.Panel>
        <Tabs.Panel value="versions">
          <Versions table={table} />
        </Tabs.Panel>
      </Tabs>
      {editing && <TableDialog table={table} onClose={() => setEditing(false)} />}
      {importing && <ImportDialog table={table} onClose={() => setImporting(false)} />}
    </section>
  );
}

function Columns({ table, labels }: { table: TableListed; labels: Map<string, string> }) {
  return (
    <>
      <DataTable
        dense
        label={t('word.columns')}
        columns={columns(table.primary_key)}
        rows={table.columns}
        rowKey={({ name }) => name}
      />
      <div className={classes.links}>
        <h3>{t('word.links')}</h3>
        {table.links.length === 0 ? (
          <span className={common.muted}>{t('tables.noLinks')}</span>
        ) : (
          <ul>
            {table.links.map(({ name, to, cardinality }) => (
              <li key={name}>
                <span className={common.mono}>{name}</span>
                <IconArrowRight size={14} aria-hidden />
                {labels.has(to) ? (
                  <Link to="/tables" search={{ table: to }} className={common.link}>
                    {labels.get(to) ?? to}
                  </Link>
                ) : (
                  to
                )}
                {cardinality && <Tag>{tMaybe('cardinality', cardinality) ?? cardinality}</Tag>}
              </li>
            ))}
          </ul>
        )}
      </div>
    </>
  );
}

function columns(key: string[]): DataColumn<TableColumn>[] {
  return [
    {
      id: 'name',
      header: t('rules.column'),
      cell: ({ name }) => (
        <span className={classes.column}>
          <span className={common.mono}>{name}</span>
          {key.includes(name) && (
            <span className={classes.key}>
              <IconKey size={13} aria-hidden />
              {key.length > 1 ? t('tables.key', { n: key.indexOf(name) + 1 }) : t('tables.onlyKey')}
            </span>
          )}
        </span>
      ),
    },
    {
      id: 'label',
      header: t('panel.label'),
      cell: ({ label, description }) => label ?? description ?? '',
    },
    { id: 'type', header: t('word.type'), cell: ({ type }) => <Tag>{typeWords(type)}</Tag> },
    {
      id: 'values',
      header: t('word.values'),
      cell: ({ values = [] }) =>
        values.length === 0 ? (
          <span className={common.muted}>{t('word.any')}</span>
        ) : (
          values.join(', ')
        ),
    },
    {
      id: 'required',
      header: t('word.required'),
      cell: ({ required }) =>
        required === true ? t('common.yes') : <span className={common.muted}>–</span>,
    },
  ];
}
