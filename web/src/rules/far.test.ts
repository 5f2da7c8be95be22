import { expect, it } from 'vitest';
import type { TableLink, TableListed } from '@/api/types';
import { farFrom, hasWords, pathOf, wayWords } from '@/rules/far';
import type { Scope } from '@/rules/scope';

const table = (name: string, columns: string[], links: TableLink[] = []): TableListed => ({
  name,
  columns: columns.map((each) => ({ name: each, type: 'string' })),
  primary_key: columns.slice(0, 1),
  links,
  rows: 1,
  version: 1,
});
const link = (name: string, to: string, cardinality = 'many-to-one'): TableLink => ({
  name,
  to,
  cardinality,
});
const scope: Scope = {
  tables: [
    table('people', ['id'], [link('address', 'addresses')]),
    table(
      'addresses',
      ['key', 'city'],
      [link('country', 'countries'), link('visits', 'visits', 'one-to-many')],
    ),
    // Back to the people that live there.
    table('countries', ['code'], [link('president', 'people')]),
    table('visits', ['at']),
  ],
  dimension: 'people',
  way: '',
  table: 'people',
  filters: [],
  audiences: [],
  populations: [],
  setting: {},
  added: [],
};

it('finds fields and linked rows behind links to one row, the nearest first, and goes in no circles', () => {
  expect(farFrom(scope).map(pathOf)).toEqual([
    'address.key',
    'address.city',
    'address.visits',
    'address.country.code',
  ]);
  const [code] = farFrom(scope).filter(({ column }) => column?.name === 'code');
  expect(code && wayWords(code)).toBe('Address › Country');
});

it('finds by words in any order, and by the path', () => {
  expect(hasWords('city addr', ['City', 'Address', 'address.city'])).toBe(true);
  expect(hasWords('address.city', ['City', 'Address', 'address.city'])).toBe(true);
  expect(hasWords('town', ['City', 'Address', 'address.city'])).toBe(false);
  expect(hasWords('', ['City'])).toBe(true);
});
