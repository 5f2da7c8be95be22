import {
  Alert,
  Button,
  FileInput,
  Group,
  Modal,
  MultiSelect,
  Select,
  Stack,
  Text,
  TextInput,
} from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { apiPath } from '@/api/client';
import { useDimensions } from '@/api/documents';
import { postText } from '@/api/people';
import { useTables } from '@/api/server';
import { columnsOf, likelyPairs, pairsText, type Pair } from '@/features/audiences/file';
import { Pairs } from '@/features/audiences/Pairs';
import { humanize, sentence } from '@/ui/format';
import { t } from '@/i18n';

interface Uploaded {
  read: number;
  matched: number;
  unmatched: number;
  rejected: number;
  rows: number;
}

/** Makes an audience of a file, whose lines are matched with rows of a dimension. */
export function UploadDialog({ onClose }: { onClose: () => void }) {
  const client = useQueryClient();
  const dimensions = useDimensions();
  const tables = useTables().data ?? [];
  const [name, setName] = useState('');
  const [dimension, setDimension] = useState<string>();
  const [pairs, setPairs] = useState<Pair[]>([]);
  const [columns, setColumns] = useState<string[]>([]);
  const [keptColumns, setKeptColumns] = useState<string[]>([]);
  const [mode, setMode] = useState('replace');
  const [file, setFile] = useState<File | null>(null);
  const of = dimension ?? dimensions[0]?.name;
  const tableOf = (wanted: string | undefined) =>
    tables.find((each) => each.name === dimensions.find((one) => one.name === wanted)?.table);
  const fields = tableOf(of)?.columns ?? [];
  const guess = (found: string[], wanted: string | undefined) => {
    const table = tableOf(wanted);
    const known = table?.columns.map((column) => column.name) ?? [];
    setPairs(likelyPairs(found, table?.primary_key ?? [], known));
  };
  const take = async (chosen: File | null) => {
    setFile(chosen);
    const found = chosen === null ? [] : await columnsOf(chosen);
    setColumns(found);
    setKeptColumns([]);
    guess(found, of);
  };
  const sent = useMutation({
    mutationFn: (chosen: File) =>
      postText<Uploaded>(
        apiPath(`/audiences/${encodeURIComponent(name)}/import`, {
          dimension: of,
          on: pairsText(pairs),
          columns: keptColumns.join(','),
          mode,
          name: chosen.name,
        }),
        chosen,
      ),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['documents'] });
      return client.invalidateQueries({ queryKey: ['audiences'] });
    },
  });
  return (
    <Modal opened onClose={onClose} size="lg" title={t('audiences.upload')}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (file !== null) sent.mutate(file);
        }}
      >
        <Stack gap="sm">
          <TextInput
            required
            label={t('word.name')}
            description={t('audiences.nameHelp')}
            pattern="[a-z][a-z0-9_\-]*"
            value={name}
            onChange={({ currentTarget }) => setName(currentTarget.value)}
          />
          <Select
            label={t('people.dimension')}
            allowDeselect={false}
            value={of ?? null}
            onChange={(next) => {
              setDimension(next ?? undefined);
              guess(columns, next ?? undefined);
            }}
            data={dimensions.map((each) => ({
              value: each.name,
              label: each.label ?? humanize(each.name),
            }))}
          />
          <FileInput
            required
            label={t('import.file')}
            accept=".csv,.txt,.gz"
            value={file}
            onChange={(chosen) => void take(chosen)}
          />
          <Pairs
            pairs={pairs}
            columns={columns}
            fields={fields.map((column) => ({
              value: column.name,
              label: column.label ?? humanize(column.name),
            }))}
            onChange={setPairs}
          />
          {columns.length > 0 && (
            <MultiSelect
              searchable
              label={t('audiences.keptColumns')}
              data={[...new Set(columns)]}
              value={keptColumns}
              onChange={setKeptColumns}
            />
          )}
          <Select
            label={t('import.mode')}
            allowDeselect={false}
            value={mode}
            onChange={(next) => setMode(next ?? 'replace')}
            data={['replace', 'append', 'remove'].map((value) => ({
              value,
              label: t(`audiences.${value as 'replace' | 'append' | 'remove'}`),
            }))}
          />
          {sent.isError && (
            <Alert color="red" role="alert">
              {sentence(sent.error.message)}
            </Alert>
          )}
          {sent.data !== undefined && (
            <Text size="sm" role="status">
              {t('audiences.done', {
                read: sent.data.read,
                matched: sent.data.matched,
                unmatched: sent.data.unmatched,
                rows: sent.data.rows,
              })}
            </Text>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {sent.isSuccess ? t('import.close') : t('common.cancel')}
            </Button>
            {!sent.isSuccess && (
              <Button type="submit" loading={sent.isPending} disabled={file === null}>
                {t('audiences.upload')}
              </Button>
            )}
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
