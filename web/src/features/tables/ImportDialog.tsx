import {
  Button,
  FileInput,
  Group,
  Modal,
  NumberInput,
  Progress,
  Select,
  Stack,
  Text,
} from '@mantine/core';
import { IconDownload, IconUpload } from '@tabler/icons-react';
import { useState } from 'react';
import {
  inferTable,
  upload,
  useApplyTable,
  useImportTable,
  type ImportReport,
  type InferredTable,
  type RejectedRow,
  type TableDocument,
} from '@/api/data';
import type { TableListed } from '@/api/types';
import { Mapping } from '@/features/tables/Mapping';
import { NewTable } from '@/features/tables/NewTable';
import { Sample } from '@/features/tables/Sample';
import { Trouble } from '@/features/tables/Trouble';
import { DataTable } from '@/ui/DataTable';
import { formatCount, sentence } from '@/ui/format';
import classes from '@/features/tables/tables.module.css';
import { t } from '@/i18n';

interface Props {
  /** Where the rows go; without it a table is made of the file. */
  table: TableListed | undefined;
  onClose: (made?: string) => void;
}

/** Brings a file into a table: upload, a look at its rows, which column is which, and what came of it. */
export function ImportDialog({ table, onClose }: Props) {
  const [file, setFile] = useState<File | null>(null);
  const [share, setShare] = useState<number>();
  const [uploaded, setUploaded] = useState<string>();
  const [inferred, setInferred] = useState<InferredTable>();
  const [columns, setColumns] = useState<Record<string, string>>({});
  /** The table that is made, where there is none yet. */
  const [made, setMade] = useState<TableDocument>();
  const [mode, setMode] = useState('upsert');
  const [allowed, setAllowed] = useState(0);
  const [trouble, setTrouble] = useState<Error>();
  const apply = useApplyTable();
  const load = useImportTable();

  const take = async (chosen: File | null) => {
    setFile(chosen);
    setInferred(undefined);
    setTrouble(undefined);
    load.reset();
    if (chosen === null) return;
    const called = table?.name ?? nameOf(chosen.name);
    try {
      setShare(0);
      const id = await upload(chosen, setShare);
      setShare(undefined);
      setUploaded(id);
      const found = await inferTable(id, chosen.name, called);
      setInferred(found);
      setMade({ ...found.document, name: called });
      setColumns(matched(found, table));
    } catch (error) {
      setShare(undefined);
      setTrouble(error instanceof Error ? error : new Error(String(error)));
    }
  };

  const submit = async () => {
    if (file === null || inferred === undefined) return;
    setTrouble(undefined);
    try {
      if (table === undefined && made !== undefined) await apply.mutateAsync(made);
      // An upload is used up by an import, whatever became of it.
      const id = uploaded ?? (await upload(file, setShare));
      setUploaded(undefined);
      setShare(undefined);
      await load.mutateAsync({
        table: table?.name ?? made?.name ?? '',
        uploaded: id,
        file: file.name,
        mode,
        columns: table === undefined ? {} : columns,
        max_rejects: allowed,
      });
    } catch (error) {
      setTrouble(error instanceof Error ? error : new Error(String(error)));
    }
  };

  const report = load.data;
  const ready =
    table !== undefined || (made !== undefined && made.name !== '' && made.primary_key.length > 0);
  return (
    <Modal
      opened
      size={940}
      onClose={() => onClose(report === undefined ? undefined : report.table)}
      title={
        table === undefined
          ? t('import.newTable')
          : t('import.into', { name: table.label ?? table.name })
      }
    >
      <Stack gap="md">
        <FileInput
          label={t('import.file')}
          description={t('import.fileHelp')}
          placeholder={t('import.choose')}
          accept=".csv,.tsv,.txt,.jsonl,.ndjson,.json,.parquet"
          leftSection={<IconUpload size={16} />}
          value={file}
          onChange={(chosen) => void take(chosen)}
        />
        {share !== undefined && (
          <Progress value={share * 100} aria-label={t('import.uploading')} animated />
        )}
        {trouble !== undefined && <Trouble error={trouble} />}
        {inferred !== undefined && report === undefined && (
          <>
            {table === undefined ? (
              made !== undefined && <NewTable document={made} onChange={setMade} />
            ) : (
              <Mapping table={table} inferred={inferred} columns={columns} onChange={setColumns} />
            )}
            {table === undefined &&
              inferred.notes.map((note) => (
                <Text key={note} size="sm" c="dimmed">
                  {sentence(note)}
                </Text>
              ))}
            <Sample inferred={inferred} />
            <Group grow align="flex-start">
              <Select
                label={t('import.mode')}
                allowDeselect={false}
                value={mode}
                onChange={(next) => setMode(next ?? 'upsert')}
                data={[
                  { value: 'upsert', label: t('import.upsert') },
                  { value: 'append', label: t('import.append') },
                  { value: 'replace', label: t('import.replace') },
                ]}
              />
              <NumberInput
                label={t('import.allowed')}
                description={t('import.allowedHelp')}
                min={0}
                value={allowed}
                onChange={(next) => setAllowed(Number(next) || 0)}
              />
            </Group>
            <Group justify="flex-end">
              <Button variant="default" onClick={() => onClose()}>
                {t('common.cancel')}
              </Button>
              <Button
                loading={apply.isPending || load.isPending}
                disabled={!ready}
                onClick={() => void submit()}
              >
                {t('import.load', { n: inferred.inferred.read })}
              </Button>
            </Group>
          </>
        )}
        {report !== undefined && <Done report={report} onClose={() => onClose(report.table)} />}
      </Stack>
    </Modal>
  );
}

function Done({ report, onClose }: { report: ImportReport; onClose: () => void }) {
  const { rejects = [] } = report;
  return (
    <>
      <Text role="status">
        {t('import.done', {
          inserted: report.inserted,
          updated: report.updated,
          deleted: report.deleted,
          rejected: report.rejected,
          version: report.version,
        })}
      </Text>
      {rejects.length > 0 && (
        <>
          <div className={classes.rejects}>
            <DataTable
              dense
              label={t('import.rejects')}
              rows={rejects}
              rowKey={({ line }, index) => `${line} ${index}`}
              columns={[
                { id: 'line', header: t('import.line'), cell: ({ line }) => formatCount(line) },
                { id: 'column', header: t('rules.column'), cell: ({ column }) => column ?? '' },
                { id: 'value', header: t('import.value'), cell: ({ value }) => value },
                { id: 'reason', header: t('word.reason'), cell: ({ reason }) => reason },
              ]}
            />
          </div>
          <Group>
            <Button
              variant="default"
              component="a"
              download="rejects.csv"
              href={csvUrl(rejects)}
              leftSection={<IconDownload size={16} />}
            >
              {t('import.download')}
            </Button>
          </Group>
        </>
      )}
      <Group justify="flex-end">
        <Button onClick={onClose}>{t('import.close')}</Button>
      </Group>
    </>
  );
}

function csvUrl(rejects: RejectedRow[]): string {
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
  const lines = rejects.map(({ file, line, column, reason, value, row }) =>
    [file, String(line), column ?? '', reason, value, row].map(quoted).join(','),
  );
  const text = ['file,line,column,reason,value,row', ...lines].join('\n');
  return `data:text/csv;charset=utf-8,${encodeURIComponent(text)}`;
}

function nameOf(file: string): string {
  const stem = (file.split('.')[0] ?? '').toLowerCase().replaceAll(/[^a-z0-9]+/g, '_');
  return /^[a-z]/.test(stem) ? stem : `t_${stem}`;
}

/** Columns of the file that the table has under the same name, whatever the case. */
function matched(found: InferredTable, table: TableListed | undefined): Record<string, string> {
  const plain = (name: string) => name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  return Object.fromEntries(
    found.inferred.columns.map(({ name }) => {
      if (table === undefined || name === '_change_request_type') return [name, name];
      const exact = table.columns.find((column) => column.name === name);
      const near = table.columns.find((column) => plain(column.name) === plain(name));
      return [name, (exact ?? near)?.name ?? ''];
    }),
  );
}
