import { ActionIcon, Anchor, Breadcrumbs, Button, Group, Text, Tooltip } from '@mantine/core';
import {
  IconDownload,
  IconFile,
  IconFileOff,
  IconFolder,
  IconTrash,
  IconUpload,
} from '@tabler/icons-react';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { fileHref, useDeleteFile, useFiles, type StoredFile } from '@/api/files';
import { contentsOf, wayTo, type Folder } from '@/features/files/folders';
import { readFilesSearch, type FilesSearch } from '@/features/files/search';
import { UploadDialog } from '@/features/files/UploadDialog';
import { ConfirmDialog } from '@/ui/ConfirmDialog';
import { DataTable, type DataColumn } from '@/ui/DataTable';
import { formatBytes, formatTime } from '@/ui/format';
import { PageHeader } from '@/ui/PageHeader';
import { SearchInput } from '@/ui/SearchInput';
import { EmptyState, ErrorState, LoadingRows } from '@/ui/states';
import common from '@/features/common/common.module.css';
import classes from '@/features/files/files.module.css';
import ui from '@/ui/ui.module.css';
import { t } from '@/i18n';

const route = getRouteApi('/files');

type Entry = { kind: 'folder'; folder: Folder } | { kind: 'file'; file: StoredFile };

/** The files that campaigns read and write, in their folders. */
export function FilesPage() {
  const { folder = '', search = '' } = route.useSearch();
  const navigate = route.useNavigate();
  const files = useFiles();
  const [uploading, setUploading] = useState(false);
  const [deleting, setDeleting] = useState<string>();
  const remove = useDeleteFile();
  const change = (part: FilesSearch) =>
    void navigate({
      search: (former) => readFilesSearch({ ...former, ...part }),
      replace: true,
      resetScroll: false,
    });
  const found = contentsOf(files.data ?? [], folder, search);
  const entries: Entry[] = [
    ...found.folders.map((each): Entry => ({ kind: 'folder', folder: each })),
    ...found.files.map((file): Entry => ({ kind: 'file', file })),
  ];
  return (
    <>
      <PageHeader
        title={t('files.title')}
        subtitle={t('files.subtitle')}
        actions={
          <>
            <SearchInput
              label={t('files.search')}
              value={search}
              onChange={(next) => change({ search: next })}
            />
            <Button leftSection={<IconUpload size={16} />} onClick={() => setUploading(true)}>
              {t('files.upload')}
            </Button>
          </>
        }
      />
      <nav aria-label={t('files.way')}>
        <Breadcrumbs mb="sm">
          <FolderLink path="" name={t('files.title')} />
          {wayTo(folder).map(({ path, name }) => (
            <FolderLink key={path} path={path} name={name} />
          ))}
        </Breadcrumbs>
      </nav>
      <div className={ui.card}>
        {files.isPending && <LoadingRows label={t('common.loading')} />}
        {files.isError && (
          <ErrorState
            title={t('files.cannot')}
            error={files.error}
            onRetry={() => void files.refetch()}
          />
        )}
        {files.isSuccess && entries.length === 0 && (
          <EmptyState
            icon={IconFileOff}
            title={search === '' ? t('files.none') : t('files.notFound')}
          >
            {search === '' ? t('files.noneText') : t('files.notFoundText')}
          </EmptyState>
        )}
        {entries.length > 0 && (
          <DataTable
            label={t('files.title')}
            rows={entries}
            rowKey={(entry) =>
              entry.kind === 'folder' ? `${entry.folder.path}/` : entry.file.name
            }
            columns={columns(folder, setDeleting)}
          />
        )}
      </div>
      {uploading && (
        <UploadDialog
          folder={folder}
          files={files.data ?? []}
          onClose={() => setUploading(false)}
        />
      )}
      {deleting !== undefined && (
        <ConfirmDialog
          title={t('admin.deleteTitle', { name: deleting })}
          confirm={t('admin.delete')}
          danger
          onConfirm={() => remove.mutateAsync(deleting)}
          onClose={() => setDeleting(undefined)}
        >
          <Text size="sm">{t('files.deleteText')}</Text>
        </ConfirmDialog>
      )}
    </>
  );
}

function FolderLink({ path, name }: { path: string; name: string }) {
  return (
    <Link
      to="/files"
      search={path === '' ? {} : { folder: path }}
      activeOptions={{ exact: true, includeSearch: true }}
      className={common.link}
    >
      {name}
    </Link>
  );
}

function columns(folder: string, onDelete: (name: string) => void): DataColumn<Entry>[] {
  const shown = (name: string) => (folder === '' ? name : name.slice(folder.length + 1));
  return [
    {
      id: 'name',
      header: t('word.name'),
      cell: (entry) => (
        <span className={classes.name}>
          {entry.kind === 'folder' ? (
            <>
              <IconFolder size={17} aria-hidden />
              <FolderLink path={entry.folder.path} name={entry.folder.name} />
            </>
          ) : (
            <>
              <IconFile size={17} aria-hidden />
              {shown(entry.file.name)}
            </>
          )}
        </span>
      ),
    },
    {
      id: 'size',
      header: t('files.size'),
      align: 'right',
      cell: (entry) =>
        entry.kind === 'folder'
          ? `${t('count.files', { n: entry.folder.files })}, ${formatBytes(entry.folder.bytes)}`
          : formatBytes(entry.file.bytes),
    },
    {
      id: 'changed',
      header: t('word.updated'),
      align: 'right',
      cell: (entry) => (entry.kind === 'file' ? formatTime(entry.file.modified_at) : ''),
    },
    {
      id: 'actions',
      header: t('word.actions'),
      align: 'right',
      cell: (entry) =>
        entry.kind === 'file' && (
          <Group gap={4} justify="flex-end" wrap="nowrap">
            <Tooltip label={t('files.download')}>
              <Anchor
                href={fileHref(entry.file.name)}
                download
                c="inherit"
                className={classes.action}
                aria-label={t('files.downloadOne', { name: entry.file.name })}
              >
                <IconDownload size={16} aria-hidden />
              </Anchor>
            </Tooltip>
            <Tooltip label={t('admin.delete')}>
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={t('files.deleteOne', { name: entry.file.name })}
                onClick={() => onDelete(entry.file.name)}
              >
                <IconTrash size={16} />
              </ActionIcon>
            </Tooltip>
          </Group>
        ),
    },
  ];
}
