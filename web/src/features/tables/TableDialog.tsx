import {
  ActionIcon,
  Button,
  Checkbox,
  Group,
  Modal,
  Select,
  Stack,
  TagsInput,
  Text,
  TextInput,
} from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { useDocument } from '@/api/admin';
import { useApplyTable } from '@/api/data';
import type { TableListed } from '@/api/types';
import { withColumn, withoutLink, type TableSaid } from '@/features/tables/document';
import { Trouble } from '@/features/tables/Trouble';
import { DataTable } from '@/ui/DataTable';
import { humanize, typeWords } from '@/ui/format';
import { ErrorState, LoadingRows } from '@/ui/states';
import classes from '@/features/tables/tables.module.css';
import { t, tMaybe } from '@/i18n';

interface Props {
  table: TableListed;
  onClose: () => void;
}

/** What people read of a table, which values its columns may have, which row is newer, and its links. */
export function TableDialog({ table, onClose }: Props) {
  const document = useDocument('table', table.name);
  return (
    <Modal
      opened
      size={980}
      onClose={onClose}
      title={t('tableForm.title', { name: table.label ?? humanize(table.name) })}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      {document.isPending && <LoadingRows label={t('common.loading')} />}
      {document.isError && (
        <ErrorState
          title={t('admin.cannot')}
          error={document.error}
          onRetry={() => void document.refetch()}
        />
      )}
      {document.isSuccess && <Form start={document.data as TableSaid} onClose={onClose} />}
    </Modal>
  );
}

function Form({ start, onClose }: { start: TableSaid; onClose: () => void }) {
  const [document, setDocument] = useState(start);
  const apply = useApplyTable();
  const { columns, links = [], primary_key: key } = document;
  const put = (part: Partial<TableSaid>) => setDocument({ ...document, ...part });
  return (
    <Stack gap="md">
      <TextInput
        label={t('tableForm.name')}
        value={document.label ?? ''}
        onChange={({ currentTarget: { value } }) =>
          put({ label: value === '' ? undefined : value })
        }
      />
      <div className={classes.editColumns}>
        <DataTable
          dense
          label={t('word.columns')}
          rows={columns}
          rowKey={({ name }) => name}
          columns={[
            {
              id: 'name',
              header: t('rules.column'),
              cell: ({ name, type }) => (
                <>
                  <code>{name}</code>
                  <Text size="xs" c="dimmed">
                    {typeWords(type)}
                  </Text>
                </>
              ),
            },
            {
              id: 'label',
              header: t('word.name'),
              cell: ({ name, label }) => (
                <TextInput
                  size="xs"
                  aria-label={t('tableForm.label', { name })}
                  placeholder={humanize(name)}
                  value={label ?? ''}
                  onChange={({ currentTarget: { value } }) =>
                    setDocument(withColumn(document, name, { label: value }))
                  }
                />
              ),
            },
            {
              id: 'required',
              header: t('word.required'),
              cell: ({ name, required }) => (
                <Checkbox
                  aria-label={t('tableForm.requiredOf', { name })}
                  checked={required === true || key.includes(name)}
                  disabled={key.includes(name)}
                  onChange={({ currentTarget: { checked } }) =>
                    setDocument(withColumn(document, name, { required: checked }))
                  }
                />
              ),
            },
            {
              id: 'values',
              header: t('word.values'),
              width: '40%',
              cell: ({ name, type, values = [] }) =>
                type === 'string' && (
                  <TagsInput
                    size="xs"
                    aria-label={t('tableForm.values', { name })}
                    placeholder={values.length === 0 ? t('tableForm.valuesHelp') : undefined}
                    value={values}
                    onChange={(next) => setDocument(withColumn(document, name, { values: next }))}
                  />
                ),
            },
          ]}
        />
      </div>
      <Select
        label={t('tableForm.version')}
        placeholder={t('tableForm.noVersion')}
        clearable
        value={document.version ?? null}
        onChange={(next) => put({ version: next ?? undefined })}
        data={columns.map(({ name, label }) => ({ value: name, label: label ?? humanize(name) }))}
      />
      {links.length > 0 && (
        <section aria-label={t('word.links')} className={classes.links}>
          <h3>{t('word.links')}</h3>
          <ul>
            {links.map(({ name, to, cardinality, label }) => (
              <li key={name}>
                <span title={name}>{label ?? humanize(name)}</span>{' '}
                {tMaybe('cardinality', cardinality) ?? cardinality} <code>{to}</code>
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  aria-label={t('tableForm.removeLink', { name: label ?? humanize(name) })}
                  onClick={() => setDocument(withoutLink(document, name))}
                >
                  <IconTrash size={15} />
                </ActionIcon>
              </li>
            ))}
          </ul>
          {links.length < (start.links?.length ?? 0) && (
            <Text size="sm" c="dimmed">
              {t('tableForm.removeLinkText')}
            </Text>
          )}
        </section>
      )}
      {apply.error !== null && <Trouble error={apply.error} />}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          {t('common.cancel')}
        </Button>
        <Button
          loading={apply.isPending}
          onClick={() => apply.mutate(document, { onSuccess: onClose })}
        >
          {t('admin.save')}
        </Button>
      </Group>
    </Stack>
  );
}
