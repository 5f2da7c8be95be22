import { MultiSelect, SimpleGrid, Select, TextInput } from '@mantine/core';
import type { TableDocument } from '@/api/data';
import { typesWith, withColumn } from '@/features/tables/document';
import { DataTable } from '@/ui/DataTable';
import { humanize, typeWords } from '@/ui/format';
import { t } from '@/i18n';

interface Props {
  /** As it will be made. */
  document: TableDocument;
  onChange: (document: TableDocument) => void;
}

/** The table that a file becomes: its name, its key of one or several columns, their types and labels. */
export function NewTable({ document, onChange }: Props) {
  return (
    <>
      <SimpleGrid cols={2}>
        <TextInput
          required
          label={t('import.name')}
          value={document.name}
          onChange={({ currentTarget }) => onChange({ ...document, name: currentTarget.value })}
        />
        <MultiSelect
          required
          label={t('import.key')}
          value={document.primary_key}
          onChange={(next) => onChange({ ...document, primary_key: next })}
          data={document.columns.map((column) => column.name)}
        />
      </SimpleGrid>
      <DataTable
        dense
        label={t('tableForm.types')}
        rows={document.columns}
        rowKey={({ name }) => name}
        columns={[
          { id: 'name', header: t('rules.column'), cell: ({ name }) => <code>{name}</code> },
          {
            id: 'type',
            header: t('word.type'),
            cell: ({ name, type }) => (
              <Select
                size="xs"
                aria-label={t('tableForm.typeOf', { name })}
                allowDeselect={false}
                value={type}
                onChange={(next) => onChange(withColumn(document, name, { type: next ?? type }))}
                data={typesWith(type).map((value) => ({ value, label: typeWords(value) }))}
              />
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
                onChange={({ currentTarget }) =>
                  onChange(withColumn(document, name, { label: currentTarget.value }))
                }
              />
            ),
          },
        ]}
      />
    </>
  );
}
