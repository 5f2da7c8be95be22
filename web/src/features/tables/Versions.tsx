import { Alert, Button } from '@mantine/core';
import { IconHistory } from '@tabler/icons-react';
import { useRestoreTable, useTableVersions } from '@/api/data';
import type { TableListed } from '@/api/types';
import { DataTable } from '@/ui/DataTable';
import { formatCount, formatTime, humanize, sentence } from '@/ui/format';
import { Tag } from '@/ui/Pill';
import { ErrorState, LoadingRows } from '@/ui/states';
import { t } from '@/i18n';

/** The versions of a table; an earlier one can be made the newest again. */
export function Versions({ table }: { table: TableListed }) {
  const versions = useTableVersions(table.name, table.version);
  const restore = useRestoreTable(table.name);
  if (versions.isPending) return <LoadingRows label={t('tableVersions.loading')} />;
  if (versions.isError) return <ErrorState title={t('versions.cannot')} error={versions.error} />;
  return (
    <>
      {restore.isError && (
        <Alert color="red" m="md" role="alert">
          {sentence(restore.error.message)}
        </Alert>
      )}
      <DataTable
        dense
        label={t('tableVersions.title')}
        rows={versions.data}
        rowKey={({ version }) => String(version)}
        columns={[
          {
            id: 'version',
            header: t('tables.version'),
            cell: ({ version }) => (
              <>
                {version} {version === table.version && <Tag>{t('tableVersions.newest')}</Tag>}
              </>
            ),
          },
          { id: 'at', header: t('versions.at'), cell: ({ at }) => formatTime(at) },
          {
            id: 'what',
            header: t('versions.what'),
            cell: ({ operation }) => humanize((operation ?? '').toLowerCase()),
          },
          {
            id: 'rows',
            header: t('word.rows'),
            align: 'right',
            cell: ({ rows }) => (rows === null ? t('versions.gone') : formatCount(rows)),
          },
          {
            id: 'restore',
            header: t('word.actions'),
            align: 'right',
            cell: ({ version, rows }) =>
              version !== table.version &&
              rows !== null &&
              table.builtin !== true && (
                <Button
                  size="compact-xs"
                  variant="subtle"
                  leftSection={<IconHistory size={14} />}
                  loading={restore.isPending && restore.variables === version}
                  aria-label={t('versions.restoreOne', { n: version })}
                  onClick={() => {
                    if (confirm(t('versions.sure', { n: version }))) restore.mutate(version);
                  }}
                >
                  {t('tableVersions.restore')}
                </Button>
              ),
          },
        ]}
      />
    </>
  );
}
