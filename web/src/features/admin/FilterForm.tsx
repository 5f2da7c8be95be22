import {
  ActionIcon,
  Button,
  Fieldset,
  Group,
  Select,
  SimpleGrid,
  Stack,
  Switch,
  Text,
  TextInput,
} from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { useAudiences, useDimensions, useFilters } from '@/api/documents';
import { useCount } from '@/api/questions';
import { useTables } from '@/api/server';
import type { Rule, RuleGroup } from '@/api/types';
import {
  byDefault,
  PARAMETER_TYPES,
  parameterRows,
  parametersOf,
  type ParameterRow,
  type Parameters,
} from '@/features/admin/filterParts';
import { Unreadable } from '@/features/admin/Unreadable';
import { saidIn, withPart } from '@/features/common/documentText';
import { asGroup, isWhole } from '@/rules/edit';
import { RuleBuilder } from '@/rules/RuleBuilder';
import { RuleTree } from '@/rules/RuleTree';
import type { Scope } from '@/rules/scope';
import { formatCount, humanize, sentence } from '@/ui/format';
import classes from '@/features/admin/admin.module.css';
import { t, tMaybe } from '@/i18n';

interface Props {
  text: string;
  onChange: (text: string) => void;
}

/** A count is asked for when the rule stands still. */
const SETTLE_MS = 400;

/** A predefined filter: whose rows it is about, what differs from use to use, and its rule. */
export function FilterForm({ text, onChange }: Props) {
  const said = saidIn(text);
  const dimensions = useDimensions();
  const dimension = typeof said?.dimension === 'string' ? said.dimension : '';
  const scope = useScope(dimension, said?.name);
  if (said === undefined) return <Unreadable />;
  const put = (name: string, value: unknown) => onChange(withPart(text, [name], value));
  const words = (name: string, label: string, help?: string) => (
    <TextInput
      label={label}
      description={help}
      required={name === 'name'}
      value={String(said[name] ?? '')}
      onChange={({ currentTarget: { value } }) => put(name, value === '' ? undefined : value)}
    />
  );
  const rule = asGroup(said.where as Rule | undefined);
  return (
    <Stack gap="sm">
      <SimpleGrid cols={2}>
        {words('name', t('admin.id'), t('data.nameHelp'))}
        {words('label', t('word.name'))}
        {words('description', t('rules.filterDescription'))}
        <Select
          label={t('people.dimension')}
          allowDeselect={false}
          value={dimension === '' ? null : dimension}
          onChange={(next) => put('dimension', next ?? undefined)}
          data={dimensions.map(({ name, label }) => ({
            value: name,
            label: label ?? humanize(name),
          }))}
        />
      </SimpleGrid>
      <Group gap="lg">
        <Switch
          label={t('rules.filterFavorite')}
          checked={said.favorite === true}
          onChange={({ currentTarget }) => put('favorite', currentTarget.checked || undefined)}
        />
        <Switch
          label={t('filterForm.shared')}
          checked={said.shared !== false}
          onChange={({ currentTarget }) => put('shared', currentTarget.checked ? undefined : false)}
        />
      </Group>
      <ParametersField value={said.parameters} onChange={(next) => put('parameters', next)} />
      <Fieldset legend={t('filterForm.rule')}>
        {scope === undefined ? (
          <Text size="sm" c="dimmed">
            {t('rules.noDimension')}
          </Text>
        ) : (
          <Stack gap="sm">
            <RuleBuilder scope={scope} value={rule} onChange={(next) => put('where', next)} />
            <RuleTree rule={rule} label={t('rules.inWords')} />
            <Matching
              dimension={dimension}
              rule={rule}
              parameters={said.parameters as Parameters | undefined}
            />
          </Stack>
        )}
      </Fieldset>
    </Stack>
  );
}

/** What the rule can speak of; another filter, but not itself. */
function useScope(dimension: string, own: unknown): Scope | undefined {
  const tables = useTables().data;
  const dimensions = useDimensions();
  const filters = useFilters();
  const audiences = useAudiences();
  const table = dimensions.find(({ name }) => name === dimension)?.table;
  if (tables === undefined || table === undefined) return undefined;
  return {
    tables,
    dimension,
    way: '',
    table,
    filters: filters.filter((each) => each.dimension === dimension && each.name !== own),
    audiences: audiences.filter((each) => each.dimension === dimension),
    populations: [],
    setting: {},
    added: [],
  };
}

interface MatchingProps {
  dimension: string;
  rule: RuleGroup;
  parameters: Parameters | undefined;
}

/** How many rows it finds now, by its defaults. */
function Matching({ dimension, rule, parameters }: MatchingProps) {
  const filled = isWhole(rule) ? byDefault(rule, parameters) : undefined;
  const [asked] = useDebouncedValue(JSON.stringify(filled ?? null), SETTLE_MS);
  const where = JSON.parse(asked) as RuleGroup | null;
  const count = useCount(where === null ? undefined : { dimension, where });
  return (
    <Text size="sm" role="status" className={classes.matching}>
      {where === null && t('filterForm.uncounted')}
      {where !== null && count.isError && sentence(count.error.message)}
      {where !== null && !count.isError && count.data === undefined && t('rules.counting')}
      {where !== null && !count.isError && count.data !== undefined && (
        <>
          <b>{formatCount(count.data.count)}</b> {t('rules.match', { n: count.data.count })}
        </>
      )}
    </Text>
  );
}

/** What a use of the filter says; a row that is not whole yet is kept here until it is. */
function ParametersField({
  value,
  onChange,
}: {
  value: unknown;
  onChange: (parameters: Parameters | undefined) => void;
}) {
  const [rows, setRows] = useState(() => parameterRows(value));
  const change = (next: ParameterRow[]) => {
    setRows(next);
    onChange(parametersOf(next));
  };
  const put = (index: number, part: Partial<ParameterRow>) =>
    change(rows.map((row, at) => (at === index ? { ...row, ...part } : row)));
  return (
    <Fieldset legend={t('filterForm.parameters')}>
      <Stack gap="xs">
        <Text size="sm" c="dimmed">
          {t('filterForm.parametersHelp', { example: '{{days}}' })}
        </Text>
        {rows.map((row, index) => (
          <Group
            key={index}
            gap="xs"
            wrap="nowrap"
            role="group"
            aria-label={t('filterForm.parameter', { n: index + 1 })}
          >
            <TextInput
              flex={1}
              aria-label={t('admin.id')}
              placeholder={t('admin.id')}
              value={row.name}
              onChange={({ currentTarget }) => put(index, { name: currentTarget.value.trim() })}
            />
            <TextInput
              flex={1}
              aria-label={t('word.name')}
              placeholder={t('word.name')}
              value={row.label}
              onChange={({ currentTarget }) => put(index, { label: currentTarget.value })}
            />
            <Select
              w={150}
              aria-label={t('word.type')}
              allowDeselect={false}
              value={row.type}
              onChange={(next) => put(index, { type: next ?? 'string' })}
              data={[...new Set([...PARAMETER_TYPES, row.type])].map((type) => ({
                value: type,
                label: tMaybe('type', type) ?? humanize(type),
              }))}
            />
            <TextInput
              w={150}
              aria-label={t('filterForm.standard')}
              placeholder={t('filterForm.standard')}
              value={row.standard}
              onChange={({ currentTarget }) => put(index, { standard: currentTarget.value })}
            />
            <ActionIcon
              size={36}
              variant="subtle"
              color="gray"
              aria-label={t('filterForm.remove', { n: index + 1 })}
              onClick={() => change(rows.toSpliced(index, 1))}
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
            onClick={() => change([...rows, { name: '', type: 'string', label: '', standard: '' }])}
          >
            {t('filterForm.add')}
          </Button>
        </Group>
      </Stack>
    </Fieldset>
  );
}
