import { describe, expect, it } from 'vitest';
import {
  longFormOf,
  nameOfColumn,
  operandOfColumn,
  withMore,
  withOperand,
} from '@/features/campaign/form/columns';
import { readSorts, writeFlatSorts, writeSorts } from '@/features/campaign/form/sorts';
import { kindNamed } from '@/features/campaign/form/testing';
import { readUntil } from '@/features/campaign/form/until';
import { readMethod, writeMethod } from '@/features/campaign/panels/deduplication';
import { readAssignment, writeAssignment } from '@/features/campaign/panels/update';
import { about, compared, freshCondition, subjectOf } from '@/features/campaign/panels/test';
import { asWay, settingsFor } from '@/features/campaign/panels/combine';
import { alikeFields } from '@/features/campaign/panels/match';
import { schemaAt } from '@/ui/form/schema';

describe('orders', () => {
  it.each([
    [undefined, 0],
    [{ by: 'a' }, 1],
    [[{ by: 'a', order: 'descending' }, { by: { expression: 'a + 1' } }], 2],
  ])('%j are what they were', (written, count) => {
    expect(readSorts(written)).toHaveLength(count);
    expect(writeSorts(readSorts(written))).toEqual(written);
  });

  it('may be written in other ways', () => {
    expect(writeSorts(readSorts({ field: 'a', order: 'ascending' }))).toEqual({ by: 'a' });
    const flat = [{ field: 'a', order: 'descending' }, { expression: 'a + 1' }];
    expect(writeFlatSorts(readSorts(flat))).toEqual(flat);
    expect(writeFlatSorts([])).toBeUndefined();
  });
});

describe('columns', () => {
  const root = kindNamed('save-audience').settings_schema;
  const files = kindNamed('extract-file').settings_schema;
  const collected = kindNamed('enrichment').settings_schema;

  it('have a long form', () => {
    const named = longFormOf(schemaAt(root, ['columns', '0'], root), root);
    expect([named.apart, Object.keys(named.schema.properties ?? {})]).toEqual([
      true,
      ['name', 'field', 'expression'],
    ]);
    expect(longFormOf(schemaAt(files, ['columns', '0'], files), files).apart).toBe(true);
    const inside = schemaAt(collected, ['add', '0', 'collect', 'fields', '0'], collected);
    expect(longFormOf(inside, collected).apart).toBe(false);
  });

  it.each([
    ['email', 'email', 'email', true],
    [{ name: 'mail', field: 'email' }, 'email', 'mail', true],
    [{ name: 'two', expression: '1 + 1' }, { expression: '1 + 1' }, 'two', true],
    [{ field: 'a.b' }, 'a.b', 'a_b', true],
    [{ name: 'two', field: { expression: '1 + 1' } }, { expression: '1 + 1' }, 'two', false],
  ])('%j', (entry, operand, name, apart) => {
    expect(operandOfColumn(entry)).toEqual(operand);
    expect(nameOfColumn(entry)).toBe(name);
    const again = withOperand(entry, operandOfColumn(entry), apart);
    expect(operandOfColumn(again)).toEqual(operand);
  });

  it('become short and long', () => {
    expect(withOperand('a', 'b', true)).toBe('b');
    expect(withOperand({ name: 'x', field: 'a' }, { expression: '1' }, true)).toEqual({
      name: 'x',
      expression: '1',
    });
    expect(withMore('a', { name: 'x' }, true)).toEqual({ name: 'x', field: 'a' });
    expect(withMore({ name: 'x', field: 'a' }, { field: 'a' }, true)).toBe('a');
  });
});

it.each([
  ['2d', 'for'],
  ['1d12h', 'for'],
  ['', 'for'],
  [undefined, 'for'],
  ['2026-12-01T09:00', 'until'],
  ['$starts_at', 'until'],
  [{ weekday: ['monday'], at: '09:00' }, 'next'],
])('until %j', (value, kind) => {
  expect(readUntil(value).kind).toBe(kind);
});

it.each([
  ['random'],
  [{ expression: 'points', order: 'descending' }],
  [{ expression: 'points * 2' }],
  [{ non_empty: 'tier' }],
  [{ non_empty: { expression: 'nullif(tier, 1)' } }],
  [{ values: { field: 'tier', list: ['gold', 1, true] } }],
  [['random', { expression: 'points' }]],
  [undefined],
])('method %j is what it was', (method) => {
  expect(writeMethod(readMethod(method))).toEqual(method);
});

it.each([
  ['address.city'],
  [{ field: 'email', when: 'empty' }],
  [{ expression: 'points + 10' }],
  [{ value: 3, when: 'given' }],
  [{ value: null }],
])('assignment %j is what it was', (written) => {
  expect(writeAssignment(readAssignment(written))).toEqual(written);
});

it('conditions keep their ports when they become about something else', () => {
  const condition = { id: 'many', label: 'Many', operator: '>', value: 5 };
  expect(subjectOf(condition)).toBe('rows');
  expect(subjectOf(about(condition, 'expression'))).toBe('expression');
  expect(about(condition, 'count')).toMatchObject({ id: 'many', label: 'Many', count: '' });
  expect(compared(condition, 'between', 'number').value).toEqual([5, 0]);
  expect(compared(condition, 'null', 'number')).not.toHaveProperty('value');
  expect(compared(condition, undefined, 'number')).toEqual({ id: 'many', label: 'Many' });
  expect(freshCondition([condition, { id: 'condition_2' }]).id).toBe('condition_3');
});

it.each([
  [{ operation: 'union' }, ['by', 'columns', 'limit', 'complement']],
  [{ operation: 'exclusion' }, ['primary', 'by', 'rules', 'complement']],
  [{ operation: 'intersection' }, ['by', 'rules', 'columns', 'complement']],
  [
    { operation: 'intersection', by: ['a'] },
    ['primary', 'by', 'rules', 'case_sensitive', 'complement'],
  ],
  // What is set is shown, so that it can be taken away.
  [
    { operation: 'exclusion', limit: { number: 3 } },
    ['primary', 'by', 'rules', 'limit', 'complement'],
  ],
])('%j', (activity, names) => {
  expect(settingsFor(activity)).toEqual(names);
});

it('a rule between sets is over a link or by fields', () => {
  expect(asWay({ set: 'a', on: { x: 'y' } }, 'link')).toEqual({ set: 'a', link: '' });
  expect(asWay({ set: 'a', link: 'x' }, 'on')).toEqual({ set: 'a', on: {} });
});

it('fields of one name are proposed once', () => {
  const choice = (path: string, way: string[] = []) => ({ path, label: path, way });
  const here = [choice('mail'), choice('email'), choice('city'), choice('a.email', ['A'])];
  const there = [choice('email'), choice('city'), choice('b.mail', ['B'])];
  expect(alikeFields(here, there, { mail: 'email' })).toEqual(['city']);
  expect(alikeFields(here, there, undefined)).toEqual(['email', 'city']);
});
