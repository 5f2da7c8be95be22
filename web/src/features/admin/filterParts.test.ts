import { expect, test } from 'vitest';
import type { Rule } from '@/api/types';
import { byDefault, parameterRows, parametersOf } from '@/features/admin/filterParts';

const parameters = {
  days: { type: 'integer', default: 30, label: 'Days' },
  city: { type: 'string' },
};

test('parameters become rows and parameters again', () => {
  expect(parametersOf(parameterRows(parameters))).toEqual(parameters);
  expect(parametersOf(parameterRows(undefined))).toBeUndefined();
});

test('a default has the type of its parameter', () => {
  const row = { name: 'x', label: '' };
  expect(parametersOf([{ ...row, type: 'boolean', standard: 'true' }])?.x?.default).toBe(true);
  expect(parametersOf([{ ...row, type: 'number', standard: '1.5' }])?.x?.default).toBe(1.5);
  expect(parametersOf([{ ...row, type: 'string', standard: '1.5' }])?.x?.default).toBe('1.5');
});

test('a row without a name waits, and the first of two of one name is taken', () => {
  const rows = [
    { name: '', type: 'string', label: '', standard: '' },
    { name: 'a', type: 'string', label: '', standard: '1' },
    { name: 'a', type: 'string', label: '', standard: '2' },
  ];
  expect(parametersOf(rows)).toEqual({ a: { type: 'string', default: '1' } });
});

test('a rule is asked with its defaults, and not where one has none', () => {
  const rule = (value: unknown) =>
    ({ combinator: 'and', rules: [{ field: 'at', operator: '>=', value }] }) as Rule;
  expect(byDefault(rule('now-{{days}}d'), parameters)).toEqual(rule('now-30d'));
  expect(byDefault(rule('{{days}}'), parameters)).toEqual(rule(30));
  expect(byDefault(rule('{{city}}'), parameters)).toBeUndefined();
});
