import { expect, it } from 'vitest';
import { beginningWith, ownCandidates } from '@/rules/candidates';
import { looseScope, type Scope } from '@/rules/scope';

const base = {
  tables: [],
  populations: [],
  setting: { variables: { minimum: { type: 'integer', value: 3 } } },
  facts: [
    { name: 'rows', label: 'Rows that arrive' },
    { name: 'rows_target', label: 'Target' },
  ],
};
const upper = {
  name: 'upper',
  familiar: [],
  category: 'text',
  signature: 'upper(text)',
  result: 'text',
  description: 'Capitals.',
  nulls: '',
  aggregate: false,
  examples: [],
};
const texts = (scope: Scope) => ownCandidates(scope, [upper]).map(({ text }) => text);

it('a run is spoken of by its counts and variables, and by no field', () => {
  const run = looseScope(base, 'The run', []);
  expect(texts(run)).toEqual(['$rows', '$rows_target', '$minimum', 'upper']);
  const found = beginningWith(ownCandidates(run, [upper]), '$ROWS_');
  expect(found.map(({ text }) => text)).toEqual(['$rows_target']);
});

it('lines of a file have their columns, rows of a dimension those that were added', () => {
  const columns = [{ name: 'spent', type: 'integer' }];
  expect(texts(looseScope(base, 'Lines', columns))[0]).toBe('spent');
  const customers = { ...looseScope(base, '', []), dimension: 'customers', added: columns };
  expect(texts(customers)).toEqual(['spent', '$rows', '$rows_target']);
});
