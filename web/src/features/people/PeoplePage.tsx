import { Select } from '@mantine/core';
import { IconUserSearch, IconUsers } from '@tabler/icons-react';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useDocuments } from '@/api/documents';
import { usePeople } from '@/api/people';
import { useTables } from '@/api/server';
import { useDimensions } from '@/api/documents';
import { readPeopleSearch, type PeopleSearch } from '@/features/people/search';
import { DataTable, type DataColumn } from '@/ui/DataTable';
import { formatCell, humanize } from '@/ui/format';
import { PageHeader } from '@/ui/PageHeader';
import { Pager } from '@/ui/Pager';
import { SearchInput } from '@/ui/SearchInput';
import { EmptyState, ErrorState, LoadingRows } from '@/ui/states';
import common from '@/features/common/common.module.css';
import ui from '@/ui/ui.module.css';
import { t } from '@/i18n';

const route = getRouteApi('/people');
const PAGE_SIZE = 50;

/** Finds people of a dimension by key, address or name. */
export function PeoplePage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const dimensions = useDocuments('dimension');
  const dimension = search.dimension ?? dimensions.data?.[0]?.name;
  const { page = 1 } = search;
  const people = usePeople(dimension, {
    search: search.search,
    limit: PAGE_SIZE,
    offset: (page - 1) * PAGE_SIZE,
  });
  const { keys, labels } = useColumns(dimension);
  const change = (part: PeopleSearch) =>
    void navigate({
      search: (former) => readPeopleSearch({ ...former, page: undefined, ...part }),
      replace: true,
      resetScroll: false,
    });
  return (
    <>
      <PageHeader
        title={t('people.title')}
        subtitle={t('people.subtitle')}
        actions={
          <>
            <Select
              aria-label={t('people.dimension')}
              w={200}
              allowDeselect={false}
              value={dimension ?? null}
              onChange={(next) => change({ dimension: next ?? undefined, search: undefined })}
              data={(dimensions.data ?? []).map(({ name, label }) => ({
                value: name,
                label: label ?? humanize(name),
              }))}
            />
            <SearchInput
              width={320}
              label={t('people.search')}
              value={search.search ?? ''}
              onChange={(next) => change({ search: next })}
            />
          </>
        }
      />
      <div className={ui.card}>
        {dimensions.data?.length === 0 && (
          <EmptyState icon={IconUsers} title={t('people.none')}>
            {t('people.noneText')}
          </EmptyState>
        )}
        {dimension !== undefined && people.isPending && <LoadingRows label={t('people.loading')} />}
        {people.isError && (
          <ErrorState
            title={t('people.cannot')}
            error={people.error}
            onRetry={() => void people.refetch()}
          />
        )}
        {people.data?.total === 0 && (
          <EmptyState icon={IconUserSearch} title={t('people.nobody')} tone="neutral">
            {t('people.nobodyText')}
          </EmptyState>
        )}
        {people.isSuccess && people.data.total > 0 && dimension !== undefined && (
          <>
            <DataTable
              dense
              label={t('people.title')}
              stale={people.isPlaceholderData}
              rows={people.data.rows}
              rowKey={(row) => keyOf(row, people.data.columns, keys)}
              columns={people.data.columns.map(({ name }, index): DataColumn<unknown[]> => ({
                id: name,
                header: labels.get(name) ?? name,
                cell: (row) =>
                  index === 0 ? (
                    <Link
                      to="/people/$dimension/$key"
                      params={{ dimension, key: keyOf(row, people.data.columns, keys) }}
                      className={common.link}
                    >
                      {formatCell(row[index])}
                    </Link>
                  ) : (
                    formatCell(row[index])
                  ),
              }))}
            />
            <Pager
              page={page}
              pageSize={PAGE_SIZE}
              total={people.data.total}
              noun={t('people.noun')}
              onPage={(next) => change({ page: next })}
            />
          </>
        )}
      </div>
    </>
  );
}

/** The key columns of a dimension's table, and what its columns are called. */
function useColumns(dimension: string | undefined) {
  const tables = useTables().data ?? [];
  const of = useDimensions().find(({ name }) => name === dimension)?.table;
  const table = tables.find(({ name }) => name === of);
  const labels = table?.columns.flatMap(({ name, label }): [string, string][] =>
    label ? [[name, label]] : [],
  );
  return { keys: table?.primary_key ?? [], labels: new Map(labels) };
}

/** The key as the ledger writes it: its parts joined by commas. */
function keyOf(row: unknown[], columns: { name: string }[], keys: string[]): string {
  const parts = columns.flatMap(({ name }, index) =>
    keys.includes(name) || (keys.length === 0 && index === 0) ? [String(row[index])] : [],
  );
  if (parts.length === 1) return parts[0] ?? '';
  return parts.map((part) => part.replaceAll('\\', '\\\\').replaceAll(',', '\\,')).join(',');
}
