import { expect, test } from 'vitest';
import type { TableListed } from '@/api/types';
import { shownTables } from '@/features/tables/shown';

const table = (name: string, to: string[] = [], builtin = false): TableListed => ({
  name,
  columns: [],
  primary_key: [],
  links: to.map((each) => ({ name: each, to: each })),
  rows: 0,
  version: 1,
  builtin,
});
const tables = [
  table('orders', ['customers']),
  table('customers'),
  table('shops'),
  table('messages', [], true),
];
const names = (search: string) => shownTables(tables, search).map(({ name }) => name);

test('without a search all but those of Tutti itself are shown', () => {
  expect(names('')).toEqual(['orders', 'customers', 'shops']);
});

test('a search shows what is called so, and what is linked with it in either direction', () => {
  expect(names('ORDER')).toEqual(['orders', 'customers']);
  expect(names('customers')).toEqual(['orders', 'customers']);
  expect(names('nothing')).toEqual([]);
});
