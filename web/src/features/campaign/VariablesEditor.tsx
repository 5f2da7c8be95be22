import { Button, Group, Select, Stack, TextInput } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import type { CampaignDocument } from '@/api/types';
import { typesWith } from '@/features/campaign/ScheduleParameters';
import { TypedValue } from '@/features/campaign/TypedValue';
import {
  freeName,
  isTaken,
  rowsOf,
  variablesFrom,
  type VariableRow,
} from '@/features/campaign/variables';
import classes from '@/features/campaign/editor.module.css';
import { t } from '@/i18n';

interface Props {
  document: CampaignDocument;
  onChange: (variables: Record<string, unknown> | undefined) => void;
}

/** Names and values that rules, expressions and messages can use. */
export function VariablesEditor({ document, onChange }: Props) {
  const { variables } = document;
  const [rows, setRows] = useState(() => rowsOf(variables));
  const [known, setKnown] = useState(variables);
  if (known !== variables) {
    setKnown(variables);
    // What somebody else or a step back made of them comes in; what is on its way to be right stays.
    if (JSON.stringify(variables) !== JSON.stringify(variablesFrom(rows))) {
      setRows(rowsOf(variables));
    }
  }
  const write = (next: VariableRow[]) => {
    setRows(next);
    onChange(variablesFrom(next));
  };
  const replace = (index: number, part: Partial<VariableRow>) =>
    write(rows.map((row, at) => (at === index ? { ...row, ...part } : row)));
  return (
    <Stack gap="sm">
      <p className={classes.fieldHelp}>{t('properties.variablesHelp')}</p>
      {rows.map((row, index) => (
        <Group key={index} align="start" gap="xs" grow preventGrowOverflow={false}>
          <TextInput
            label={t('properties.variable')}
            error={nameError(rows, index)}
            value={row.name}
            onChange={({ currentTarget }) => replace(index, { name: currentTarget.value })}
          />
          <Select
            label={t('schedule.parameterType')}
            allowDeselect={false}
            data={typesWith(row.type)}
            value={row.type}
            onChange={(type) => type !== null && replace(index, { type, value: undefined })}
          />
          <TypedValue
            label={t('properties.value')}
            type={row.type}
            value={row.value}
            onChange={(value) => replace(index, { value })}
          />
          <Button
            variant="subtle"
            color="gray"
            px={0}
            mt={24}
            style={{ flex: '0 0 40px' }}
            aria-label={t('properties.removeVariable', { name: row.name })}
            onClick={() => write(rows.filter((_, at) => at !== index))}
          >
            <IconTrash size={16} />
          </Button>
        </Group>
      ))}
      <Group>
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconPlus size={14} />}
          onClick={() =>
            write([...rows, { name: freeName(rows), type: 'string', value: '', plain: true }])
          }
        >
          {t('properties.addVariable')}
        </Button>
      </Group>
    </Stack>
  );
}

function nameError(rows: VariableRow[], index: number): string | undefined {
  if (rows[index]?.name === '') return t('properties.nameNeeded');
  return isTaken(rows, index) ? t('properties.nameTaken') : undefined;
}
