import { Button, Text } from '@mantine/core';
import { IconHistory } from '@tabler/icons-react';
import { useState } from 'react';
import { useRestoreTable, useTableVersions } from '@/api/data';
import type { TableListed } from '@/api/types';
import { DataTable } from '@/ui/DataTable';
import { ConfirmDialog } from '@/ui/ConfirmDialog';
import { formatCount, formatTime, humanize } from '@/ui/format';
import { Tag } from '@/ui/Pill';
import { ErrorState, LoadingRows } from '@/ui/states';
import { t } from '@/i18n';

/** The versions of a table; an earlier one can be made the newest again. */
export function Versions({ table }: { table: TableListed }) {
  const versions = useTableVersions(table.name, table.version);
  const restore = useRestoreTable(table.name);
  const [asked, setAsked] = useState<{ version: number; rows: number }>();
  if (versions.isPending) return <LoadingRows label={t('tableVersions.loading')} />;
  if (versions.isError) {
    const retry = () => void versions.refetch();
    return <ErrorState title={t('versions.cannot')} error={versions.error} onRetry={retry} />;
  }
  return (
    <>
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
                  aria-label={t('versions.restoreOne', { n: version })}
                  onClick={() => setAsked({ version, rows })}
                >
                  {t('tableVersions.restore')}
                </Button>
              ),
          },
        ]}
      />
      {asked !== undefined && (
        <ConfirmDialog
          title={t('tableVersions.restoreTitle', { n: asked.version })}
          confirm={t('tableVersions.restore')}
          danger
          onConfirm={() => restore.mutateAsync(asked.version)}
          onClose={() => setAsked(undefined)}
        >
          <Text size="sm">
            {t('tableVersions.restoreText', { now: table.rows ?? 0, then: asked.rows })}
          </Text>
        </ConfirmDialog>
      )}
    </>
  );
}
