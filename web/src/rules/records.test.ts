import { expect, it } from 'vitest';
import type { TableLink, TableListed } from '@/api/types';
import { readRecord, recordsOf, titleOf } from '@/rules/records';
import { follow, type Scope } from '@/rules/scope';

const table = (
  name: string,
  columns: string[],
  primary_key: string[],
  links: TableLink[] = [],
): TableListed => ({
  name,
  columns: columns.map((each) => ({ name: each, type: 'string' })),
  primary_key,
  links,
  rows: 1,
  version: 1,
});
const scope: Scope = {
  tables: [
    table(
      'people',
      ['id'],
      ['id'],
      [
        { name: 'city', to: 'cities', cardinality: 'many-to-one' },
        { name: 'pair', to: 'pairs', cardinality: 'many-to-one' },
        { name: 'orders', to: 'orders', cardinality: 'one-to-many' },
      ],
    ),
    table('cities', ['id', 'mayor', 'name'], ['id']),
    table('pairs', ['one', 'two'], ['one', 'two']),
    table('orders', ['id'], ['id'], [{ name: 'city', to: 'cities', cardinality: 'many-to-one' }]),
  ],
  dimension: 'people',
  way: '',
  table: 'people',
  filters: [],
  audiences: [],
  populations: [],
  setting: { time_zone: 'Europe/Paris' },
  added: [],
};

it('asks for linked rows by what they are called and by their key', () => {
  expect(recordsOf(scope, 'city')).toEqual({
    time_zone: 'Europe/Paris',
    dimension: 'people',
    field: { expression: "coalesce(city.name, '') || char(31) || to_string(city.id)" },
  });
  expect(recordsOf(scope, 'pair')).toBeUndefined();
  expect(recordsOf(scope, 'orders.city')).toBeUndefined();
  const cities = follow(scope, 'city')?.scope;
  expect(cities && titleOf(cities)).toBe('name');
});

it('reads the rows that were found', () => {
  expect(readRecord('Lyon\u001f7')).toEqual({ key: '7', label: 'Lyon (7)' });
  expect(readRecord('\u001f7')).toEqual({ key: '7', label: '7' });
  expect(readRecord('lyon\u001flyon')).toEqual({ key: 'lyon', label: 'lyon' });
  expect(readRecord('Lyon')).toBeUndefined();
});
