import { MultiSelect, Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { useRecords } from '@/api/questions';
import type { RuleGroup } from '@/api/types';
import { t } from '@/i18n';
import { readRecord, recordsOf, type RecordChoice } from '@/rules/records';
import type { RowProps } from '@/rules/RuleRow';
import { WITH_LIST, WITHOUT_VALUE, type ColumnKind } from '@/rules/scope';

/** How long nothing is typed before rows are asked for. */
const SETTLE_MS = 200;
/** Rows that are offered at once; typing finds the others. */
const OFFERED_MAX = 20;
/** Chosen rows whose names are looked up. */
const CHOSEN_MAX = 100;

/** Which linked rows, by what they are called; a key that is not found can be typed. */
export function RecordField({
  scope,
  rule,
  keyKind,
  onChange,
}: RowProps & { keyKind: ColumnKind }) {
  const [typed, setTyped] = useState('');
  const [settled] = useDebouncedValue(typed, SETTLE_MS);
  const path = rule.field ?? '';
  const operator = rule.operator ?? '=';
  const keys = (Array.isArray(rule.value) ? (rule.value as unknown[]) : [rule.value]).filter(
    (key) => key !== undefined && key !== null && key !== '',
  );
  const of = recordsOf(scope, path);
  const offered = useRecords(of && { ...of, limit: OFFERED_MAX }, settled);
  const where: RuleGroup = {
    combinator: 'and',
    rules: [{ field: path, operator: 'in', value: keys }],
  };
  const chosen = useRecords(
    of === undefined || keys.length === 0
      ? undefined
      : { ...of, where, limit: Math.min(keys.length, CHOSEN_MAX) },
    '',
  );
  if (WITHOUT_VALUE.has(operator)) return null;
  const records = choices([...chosen, ...offered], [...keys.map(String), typed.trim()]);
  const data = records.map(({ key, label }) => ({ value: key, label }));
  const keyOf = (text: string): unknown => (keyKind === 'number' ? Number(text) : text);
  const shared = {
    size: 'xs' as const,
    miw: 220,
    searchable: true,
    'aria-label': t('rules.value'),
    placeholder: keys.length === 0 ? t('rules.findRecord') : undefined,
    nothingFoundMessage: t('rules.nothingFound'),
    data,
    onSearchChange: setTyped,
  };
  if (WITH_LIST.has(operator)) {
    return (
      <MultiSelect
        {...shared}
        value={keys.map(String)}
        onChange={(next) => onChange({ ...rule, value: next.map(keyOf) })}
      />
    );
  }
  return (
    <Select
      {...shared}
      value={keys[0] === undefined ? null : String(keys[0])}
      onChange={(next) => onChange({ ...rule, value: next === null ? '' : keyOf(next) })}
    />
  );
}

/** Each row once; of the keys, those without a known row are there as they are. */
function choices(texts: string[], keys: string[]): RecordChoice[] {
  const found = new Map<string, RecordChoice>();
  for (const record of texts.map(readRecord)) {
    if (record !== undefined && !found.has(record.key)) found.set(record.key, record);
  }
  const labels = new Set([...found.values()].map(({ label }) => label));
  for (const key of keys) {
    if (key !== '' && !labels.has(key) && !found.has(key)) found.set(key, { key, label: key });
  }
  return [...found.values()];
}
