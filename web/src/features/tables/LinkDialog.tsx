import {
  ActionIcon,
  Button,
  Group,
  Modal,
  Select,
  SimpleGrid,
  Stack,
  TextInput,
} from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { apiGet } from '@/api/client';
import { useApplyTable } from '@/api/data';
import type { TableListed } from '@/api/types';
import {
  CARDINALITIES,
  likelyCardinality,
  likelyColumns,
  linkName,
  pairsOn,
  withLink,
  type ColumnPair,
  type TableSaid,
} from '@/features/tables/document';
import { Trouble } from '@/features/tables/Trouble';
import { humanize } from '@/ui/format';
import { t, tMaybe } from '@/i18n';

interface Props {
  tables: TableListed[];
  /** The two ends, where they were drawn. */
  from?: string | undefined;
  to?: string | undefined;
  onClose: () => void;
}

/** Links two tables: by which columns, what the link is called from either side, and how many rows it leads to. */
export function LinkDialog({ tables, from, to, onClose }: Props) {
  const own = tables.filter(({ builtin }) => builtin !== true);
  const [ends, setEnds] = useState<{ from?: string; to?: string }>({ from, to });
  const source = own.find(({ name }) => name === ends.from);
  const target = own.find(({ name }) => name === ends.to);
  return (
    <Modal
      opened
      size={720}
      onClose={onClose}
      title={t('tableForm.link')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <Stack gap="md">
        <SimpleGrid cols={2}>
          {(['from', 'to'] as const).map((end) => (
            <Select
              key={end}
              required
              searchable
              label={t(`tableForm.${end}`)}
              value={ends[end] ?? null}
              onChange={(next) => setEnds({ ...ends, [end]: next ?? undefined })}
              data={own.map(({ name, label }) => ({ value: name, label: label ?? humanize(name) }))}
            />
          ))}
        </SimpleGrid>
        {source !== undefined && target !== undefined && (
          <Form
            key={`${source.name} ${target.name}`}
            source={source}
            target={target}
            onClose={onClose}
          />
        )}
      </Stack>
    </Modal>
  );
}

interface FormProps {
  source: TableListed;
  target: TableListed;
  onClose: () => void;
}

function Form({ source, target, onClose }: FormProps) {
  const [pairs, setPairs] = useState(() => likelyColumns(source, target));
  const [chosen, setChosen] = useState<string>();
  const [name, setName] = useState(() => nameOf(source, target.name));
  const [reverse, setReverse] = useState(() => nameOf(target, source.name));
  const [trouble, setTrouble] = useState<Error>();
  const apply = useApplyTable();
  const cardinality = chosen ?? likelyCardinality(pairs, source, target);
  const on = pairsOn(pairs);
  const save = async () => {
    if (on === undefined) return;
    setTrouble(undefined);
    try {
      const path = `/documents/table/${encodeURIComponent(source.name)}`;
      const document = await apiGet<TableSaid>(path);
      const link = { name, to: target.name, on, cardinality };
      await apply.mutateAsync(withLink(document, { ...link, ...(reverse !== '' && { reverse }) }));
      onClose();
    } catch (error) {
      setTrouble(error instanceof Error ? error : new Error(String(error)));
    }
  };
  const put = (index: number, part: Partial<ColumnPair>) =>
    setPairs(pairs.map((pair, at) => (at === index ? { ...pair, ...part } : pair)));
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <Stack gap="sm">
        {pairs.map(({ here, there }, index) => (
          <Group key={index} gap="xs" wrap="nowrap">
            <ColumnSelect
              label={t('tableForm.columnHere')}
              table={source}
              value={here}
              onChange={(next) => put(index, { here: next })}
            />
            <span aria-hidden>=</span>
            <ColumnSelect
              label={t('tableForm.columnThere')}
              table={target}
              value={there}
              onChange={(next) => put(index, { there: next })}
            />
            <ActionIcon
              size={36}
              variant="subtle"
              color="gray"
              disabled={pairs.length === 1}
              aria-label={t('tableForm.removePair', { n: index + 1 })}
              onClick={() => setPairs(pairs.toSpliced(index, 1))}
            >
              <IconTrash size={16} />
            </ActionIcon>
          </Group>
        ))}
        <Group>
          <Button
            size="compact-sm"
            variant="light"
            leftSection={<IconPlus size={14} />}
            onClick={() => setPairs([...pairs, { here: '', there: '' }])}
          >
            {t('tableForm.addPair')}
          </Button>
        </Group>
        <SimpleGrid cols={2}>
          <TextInput
            required
            label={t('tableForm.linkName')}
            description={t('tableForm.linkHelp')}
            value={name}
            onChange={({ currentTarget }) => setName(currentTarget.value)}
          />
          <TextInput
            label={t('tableForm.reverse')}
            description={t('tableForm.linkHelp')}
            value={reverse}
            onChange={({ currentTarget }) => setReverse(currentTarget.value)}
          />
        </SimpleGrid>
        <Select
          label={t('tableForm.cardinality')}
          allowDeselect={false}
          value={cardinality}
          onChange={(next) => setChosen(next ?? undefined)}
          data={CARDINALITIES.map((value) => ({
            value,
            label: `${tMaybe('cardinality', value) ?? value} (${value})`,
          }))}
        />
        {trouble !== undefined && <Trouble error={trouble} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button
            type="submit"
            loading={apply.isPending}
            disabled={on === undefined || name === ''}
          >
            {t('tableForm.linked')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

interface ColumnSelectProps {
  label: string;
  table: TableListed;
  value: string;
  onChange: (value: string) => void;
}

function ColumnSelect({ label, table, value, onChange }: ColumnSelectProps) {
  return (
    <Select
      flex={1}
      searchable
      aria-label={label}
      placeholder={label}
      value={value === '' ? null : value}
      onChange={(next) => onChange(next ?? '')}
      data={table.columns.map((column) => ({
        value: column.name,
        label: column.label ?? humanize(column.name),
      }))}
    />
  );
}

function nameOf({ columns, links }: TableListed, to: string): string {
  const taken = links.map(({ name }) => ({ name, type: '' }));
  return linkName({ columns: [...columns, ...taken] }, to);
}
