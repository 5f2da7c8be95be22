import { Button } from '@mantine/core';
import { IconUpload, IconUsersGroup } from '@tabler/icons-react';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useAudienceRows, useAudiences, type AudienceListed } from '@/api/data';
import { UploadDialog } from '@/features/audiences/UploadDialog';
import { DataTable, type DataColumn } from '@/ui/DataTable';
import { formatCell, formatCount, humanize } from '@/ui/format';
import { PageHeader } from '@/ui/PageHeader';
import { Pager } from '@/ui/Pager';
import { EmptyState, ErrorState, LoadingRows } from '@/ui/states';
import common from '@/features/common/common.module.css';
import ui from '@/ui/ui.module.css';
import { t } from '@/i18n';

const route = getRouteApi('/audiences');
const PAGE_SIZE = 100;

/** Audiences that were saved or uploaded, and their members. */
export function AudiencesPage() {
  const { audience: chosen, page = 1 } = route.useSearch();
  const navigate = route.useNavigate();
  const audiences = useAudiences();
  const [uploading, setUploading] = useState(false);
  const audience = audiences.data?.find(({ name }) => name === chosen);
  return (
    <>
      <PageHeader
        title={t('audiences.title')}
        subtitle={t('audiences.subtitle')}
        actions={
          <Button leftSection={<IconUpload size={16} />} onClick={() => setUploading(true)}>
            {t('audiences.upload')}
          </Button>
        }
      />
      <div className={ui.card}>
        {audiences.isPending && <LoadingRows label={t('common.loading')} />}
        {audiences.isError && <ErrorState title={t('audiences.cannot')} error={audiences.error} />}
        {audiences.data?.length === 0 && (
          <EmptyState icon={IconUsersGroup} title={t('audiences.none')}>
            {t('audiences.noneText')}
          </EmptyState>
        )}
        {audiences.isSuccess && audiences.data.length > 0 && (
          <DataTable
            label={t('audiences.title')}
            rows={audiences.data}
            rowKey={({ name }) => name}
            isSelected={({ name }) => name === chosen}
            columns={COLUMNS}
          />
        )}
      </div>
      {audience !== undefined && (
        <Members
          audience={audience}
          page={page}
          onPage={(next) =>
            void navigate({ search: { audience: chosen, page: next }, resetScroll: false })
          }
        />
      )}
      {uploading && <UploadDialog onClose={() => setUploading(false)} />}
    </>
  );
}

const COLUMNS: DataColumn<AudienceListed>[] = [
  {
    id: 'name',
    header: t('word.name'),
    cell: ({ name, label }) => (
      <Link to="/audiences" search={{ audience: name }} className={common.link}>
        {label ?? humanize(name)}
      </Link>
    ),
  },
  { id: 'dimension', header: t('people.dimension'), cell: ({ dimension }) => humanize(dimension) },
  {
    id: 'columns',
    header: t('audiences.kept'),
    cell: ({ columns }) => columns.map(({ name }) => name).join(', '),
  },
  {
    id: 'rows',
    header: t('audiences.members'),
    align: 'right',
    cell: ({ rows }) => formatCount(rows),
  },
];

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
  return (
    <section
      className={ui.card}
      style={{ marginTop: 16 }}
      aria-label={t('audiences.membersOf', { name: audience.label ?? audience.name })}
    >
      {rows.isPending && <LoadingRows label={t('common.loading')} />}
      {rows.isError && <ErrorState title={t('audiences.cannot')} error={rows.error} />}
      {rows.data?.total === 0 && (
        <EmptyState icon={IconUsersGroup} title={t('audiences.empty')} tone="neutral" />
      )}
      {rows.isSuccess && rows.data.total > 0 && (
        <>
          <DataTable
            dense
            label={t('audiences.members')}
            rows={rows.data.rows}
            rowKey={(row) => String(row[0])}
            columns={rows.data.columns.map(({ name }, index): DataColumn<unknown[]> => ({
              id: name,
              header: name,
              cell: (row) =>
                index === 0 ? (
                  <Link
                    to="/people/$dimension/$key"
                    params={{ dimension: audience.dimension, key: String(row[0]) }}
                    className={common.link}
                  >
                    {formatCell(row[0])}
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
