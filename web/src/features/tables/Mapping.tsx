import { Select } from '@mantine/core';
import type { InferredTable } from '@/api/data';
import type { TableListed } from '@/api/types';
import { DataTable } from '@/ui/DataTable';
import { Tag } from '@/ui/Pill';
import { t } from '@/i18n';

interface Props {
  table: TableListed;
  inferred: InferredTable;
  columns: Record<string, string>;
  onChange: (columns: Record<string, string>) => void;
}

/** Which column of the table each column of the file is. */
export function Mapping({ table, inferred, columns, onChange }: Props) {
  const taken = new Set(Object.values(columns).filter((name) => name !== ''));
  return (
    <DataTable
      dense
      label={t('import.mapping')}
      rows={inferred.inferred.columns}
      rowKey={({ name }) => name}
      columns={[
        { id: 'file', header: t('import.inFile'), cell: ({ name }) => name },
        { id: 'type', header: t('word.type'), cell: ({ type }) => <Tag>{type}</Tag> },
        {
          id: 'table',
          header: t('import.inTable'),
          cell: ({ name }) => (
            <Select
              size="xs"
              clearable
              searchable
              aria-label={t('import.columnFor', { name })}
              placeholder={t('import.passOver')}
              value={columns[name] === '' ? null : (columns[name] ?? null)}
              onChange={(next) => onChange({ ...columns, [name]: next ?? '' })}
              data={[
                ...table.columns.map((column) => ({
                  value: column.name,
                  label: `${column.name} (${column.type})`,
                  disabled: taken.has(column.name) && columns[name] !== column.name,
                })),
                ...(name === '_change_request_type' ? [{ value: name, label: name }] : []),
              ]}
            />
          ),
        },
      ]}
    />
  );
}
