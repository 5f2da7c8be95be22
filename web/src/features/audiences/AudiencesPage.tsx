import { ActionIcon, Button, Text, Tooltip } from '@mantine/core';
import { IconTrash, IconUpload, IconUsersGroup } from '@tabler/icons-react';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useAudienceRows, useAudiences, useDeleteAudience, type AudienceListed } from '@/api/data';
import { useDimensions } from '@/api/documents';
import { useTables } from '@/api/server';
import { readAudiencesSearch, type AudiencesSearch } from '@/features/audiences/search';
import { UploadDialog } from '@/features/audiences/UploadDialog';
import { rowKey } from '@/features/common/keys';
import { useNames, type Names } from '@/features/common/useNames';
import { ConfirmDialog } from '@/ui/ConfirmDialog';
import { DataTable, type DataColumn } from '@/ui/DataTable';
import { formatCell, formatCount, humanize } from '@/ui/format';
import { PageHeader } from '@/ui/PageHeader';
import { Pager } from '@/ui/Pager';
import { SearchInput } from '@/ui/SearchInput';
import { EmptyState, ErrorState, LoadingRows } from '@/ui/states';
import common from '@/features/common/common.module.css';
import ui from '@/ui/ui.module.css';
import { t } from '@/i18n';

const route = getRouteApi('/audiences');
const PAGE_SIZE = 100;

/** Audiences that were saved or uploaded, and their members. */
export function AudiencesPage() {
  const { audience: chosen, page = 1, search = '' } = route.useSearch();
  const navigate = route.useNavigate();
  const audiences = useAudiences();
  const [uploading, setUploading] = useState(false);
  const [deleting, setDeleting] = useState<AudienceListed>();
  const remove = useDeleteAudience();
  const names = useNames();
  const audience = audiences.data?.find(({ name }) => name === chosen);
  const change = (part: AudiencesSearch) =>
    void navigate({
      search: (former) => readAudiencesSearch({ ...former, ...part }),
      replace: true,
      resetScroll: false,
    });
  const wanted = search.trim().toLowerCase();
  const found = (audiences.data ?? []).filter(({ name, label }) =>
    `${name} ${label ?? humanize(name)}`.toLowerCase().includes(wanted),
  );
  return (
    <>
      <PageHeader
        title={t('audiences.title')}
        subtitle={t('audiences.subtitle')}
        actions={
          <>
            <SearchInput
              label={t('audiences.search')}
              value={search}
              onChange={(next) => change({ search: next })}
            />
            <Button leftSection={<IconUpload size={16} />} onClick={() => setUploading(true)}>
              {t('audiences.upload')}
            </Button>
          </>
        }
      />
      <div className={ui.card}>
        {audiences.isPending && <LoadingRows label={t('common.loading')} />}
        {audiences.isError && (
          <ErrorState
            title={t('audiences.cannot')}
            error={audiences.error}
            onRetry={() => void audiences.refetch()}
          />
        )}
        {audiences.data?.length === 0 && (
          <EmptyState icon={IconUsersGroup} title={t('audiences.none')}>
            {t('audiences.noneText')}
          </EmptyState>
        )}
        {audiences.isSuccess && audiences.data.length > 0 && found.length === 0 && (
          <EmptyState icon={IconUsersGroup} title={t('audiences.notFound')} tone="neutral">
            {t('audiences.notFoundText')}
          </EmptyState>
        )}
        {found.length > 0 && (
          <DataTable
            label={t('audiences.title')}
            rows={found}
            rowKey={({ name }) => name}
            isSelected={({ name }) => name === chosen}
            columns={columns(names, search, setDeleting)}
          />
        )}
      </div>
      {audience !== undefined && (
        <Members audience={audience} page={page} onPage={(next) => change({ page: next })} />
      )}
      {uploading && <UploadDialog onClose={() => setUploading(false)} />}
      {deleting !== undefined && (
        <ConfirmDialog
          title={t('admin.deleteTitle', { name: labelOf(deleting) })}
          confirm={t('admin.delete')}
          danger
          onConfirm={async () => {
            await remove.mutateAsync(deleting.name);
            if (deleting.name === chosen) change({ audience: undefined, page: undefined });
          }}
          onClose={() => setDeleting(undefined)}
        >
          <Text size="sm">{t('audiences.deleteText')}</Text>
        </ConfirmDialog>
      )}
    </>
  );
}

function labelOf({ label, name }: AudienceListed): string {
  return label ?? humanize(name);
}

function columns(
  names: Names,
  search: string,
  onDelete: (audience: AudienceListed) => void,
): DataColumn<AudienceListed>[] {
  return [
    {
      id: 'name',
      header: t('word.name'),
      cell: (audience) => (
        <Link
          to="/audiences"
          search={{ audience: audience.name, search: search === '' ? undefined : search }}
          className={common.link}
        >
          {labelOf(audience)}
        </Link>
      ),
    },
    {
      id: 'dimension',
      header: t('people.dimension'),
      cell: ({ dimension }) => names.dimension(dimension),
    },
    {
      id: 'columns',
      header: t('audiences.kept'),
      cell: ({ columns: kept }) => kept.map(({ name }) => humanize(name)).join(', '),
    },
    {
      id: 'rows',
      header: t('audiences.members'),
      align: 'right',
      cell: ({ rows }) => formatCount(rows),
    },
    {
      id: 'actions',
      header: t('word.actions'),
      align: 'right',
      cell: (audience) => (
        <Tooltip label={t('admin.delete')}>
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={t('audiences.deleteOne', { name: labelOf(audience) })}
            onClick={() => onDelete(audience)}
          >
            <IconTrash size={16} />
          </ActionIcon>
        </Tooltip>
      ),
    },
  ];
}

function Members({
  audience,
  page,
  onPage,
}: {
  audience: AudienceListed;
  page: number;
  onPage: (page: number) => void;
}) {
  const rows = useAudienceRows(audience.name, {
    limit: PAGE_SIZE,
    offset: (page - 1) * PAGE_SIZE,
  });
  const names = useNames();
  const tables = useTables().data ?? [];
  const table = useDimensions().find(({ name }) => name === audience.dimension)?.table;
  const key = tables.find(({ name }) => name === table)?.primary_key ?? [];
  const at = key.map(
    (name) => rows.data?.columns.findIndex((column) => column.name === name) ?? -1,
  );
  const keyOf = (row: unknown[]) => rowKey(at.map((index) => row[index]));
  const linked = at.length > 0 && !at.includes(-1);
  return (
    <section
      className={ui.card}
      style={{ marginTop: 16 }}
      aria-label={t('audiences.membersOf', { name: audience.label ?? audience.name })}
    >
      {rows.isPending && <LoadingRows label={t('common.loading')} />}
      {rows.isError && (
        <ErrorState
          title={t('audiences.cannot')}
          error={rows.error}
          onRetry={() => void rows.refetch()}
        />
      )}
      {rows.data?.total === 0 && (
        <EmptyState icon={IconUsersGroup} title={t('audiences.empty')} tone="neutral" />
      )}
      {rows.isSuccess && rows.data.total > 0 && (
        <>
          <DataTable
            dense
            label={t('audiences.members')}
            rows={rows.data.rows}
            rowKey={(row, index) => (linked ? keyOf(row) : String(index))}
            columns={rows.data.columns.map(({ name }, index): DataColumn<unknown[]> => ({
              id: name,
              header: <span title={name}>{names.field(name, audience.dimension)}</span>,
              cell: (row) =>
                linked && at.includes(index) ? (
                  <Link
                    to="/people/$dimension/$key"
                    params={{ dimension: audience.dimension, key: keyOf(row) }}
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
            total={rows.data.total}
            noun={t('people.noun')}
            onPage={onPage}
          />
        </>
      )}
    </section>
  );
}
