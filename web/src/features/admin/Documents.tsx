import { Button, Group } from '@mantine/core';
import { IconFileOff, IconPlus } from '@tabler/icons-react';
import { lazy, Suspense } from 'react';
import { useDocuments } from '@/api/documents';
import { CalendarForm } from '@/features/admin/CalendarForm';
import { ChannelForm } from '@/features/admin/ChannelForm';
import { ChannelTest } from '@/features/admin/ChannelTest';
import type { DocumentKind } from '@/features/admin/search';
import { starterOf } from '@/features/admin/starters';
import type { DocumentForm } from '@/features/common/DocumentDialog';
import { DataTable, type DataColumn } from '@/ui/DataTable';
import { formatTime, humanize } from '@/ui/format';
import { EmptyState, ErrorState, LoadingRows } from '@/ui/states';
import type { DocumentHead } from '@/api/types';
import classes from '@/features/admin/admin.module.css';
import ui from '@/ui/ui.module.css';
import { t, tMaybe } from '@/i18n';

const DocumentDialog = lazy(async () => ({
  default: (await import('@/features/common/DocumentDialog')).DocumentDialog,
}));
const FilterForm = lazy(async () => ({
  default: (await import('@/features/admin/FilterForm')).FilterForm,
}));

/** The name that opens the dialog of a new document. */
const NEW = '+';

/** Kinds that people fill in; the others are written. */
const FORMS: Partial<Record<DocumentKind, DocumentForm>> = {
  channel: (props) => <ChannelForm {...props} />,
  calendar: (props) => <CalendarForm {...props} />,
  filter: (props) => (
    <Suspense fallback={<LoadingRows label={t('common.loading')} />}>
      <FilterForm {...props} />
    </Suspense>
  ),
};

interface Props {
  kind: DocumentKind;
  name: string | undefined;
  onOpen: (name: string | undefined) => void;
}

/** The documents of one kind, each with its text; channels can be tried. */
export function Documents({ kind, name, onOpen }: Props) {
  const documents = useDocuments(kind);
  const title = tMaybe('admin.kinds', kind) ?? kind;
  return (
    <>
      <Group justify="flex-end" mb={12}>
        <Button leftSection={<IconPlus size={16} />} onClick={() => onOpen(NEW)}>
          {t('admin.new', { kind: tMaybe('admin.kind', kind) ?? kind })}
        </Button>
      </Group>
      <div className={ui.card}>
        {documents.isPending && <LoadingRows label={t('common.loading')} />}
        {documents.isError && (
          <ErrorState
            title={t('admin.cannot')}
            error={documents.error}
            onRetry={() => void documents.refetch()}
          />
        )}
        {documents.data?.length === 0 && (
          <EmptyState icon={IconFileOff} title={t('admin.none')} tone="neutral">
            {tMaybe('admin.about', kind)}
          </EmptyState>
        )}
        {documents.isSuccess && documents.data.length > 0 && (
          <DataTable
            label={title}
            rows={documents.data}
            rowKey={({ name: each }) => each}
            columns={columns(kind, onOpen)}
          />
        )}
      </div>
      {name !== undefined && (
        <Suspense>
          <DocumentDialog
            key={name}
            kind={kind}
            name={name === NEW ? undefined : name}
            label={documents.data?.find((each) => each.name === name)?.label ?? undefined}
            start={starterOf(kind)}
            form={FORMS[kind]}
            onClose={() => onOpen(undefined)}
          />
        </Suspense>
      )}
    </>
  );
}

function columns(kind: string, onOpen: (name: string) => void): DataColumn<DocumentHead>[] {
  return [
    {
      id: 'name',
      header: t('word.name'),
      cell: ({ name, label, description }) => (
        <>
          <button type="button" className={classes.open} onClick={() => onOpen(name)}>
            {label ?? humanize(name)}
          </button>
          {description !== null && <div className={classes.note}>{description}</div>}
        </>
      ),
    },
    { id: 'id', header: t('admin.id'), cell: ({ name }) => <code>{name}</code> },
    { id: 'version', header: t('admin.version'), align: 'right', cell: ({ version }) => version },
    {
      id: 'updated',
      header: t('word.updated'),
      align: 'right',
      cell: ({ updated_at }) => formatTime(updated_at),
    },
    ...(kind === 'channel'
      ? [
          {
            id: 'test',
            header: t('admin.connection'),
            cell: ({ name }: DocumentHead) => <ChannelTest name={name} />,
          },
        ]
      : []),
  ];
}
