import { describe, expect, it } from 'vitest';
import type { TableListed } from '@/api/types';
import { fieldChoices } from '@/rules/fields';
import { columnsOf, follow, looseScope, withLink, type Scope } from '@/rules/scope';
import { choiceWords } from '@/ui/fieldChoices';

const table = (name: string, columns: string[], links: TableListed['links'] = []): TableListed => ({
  name,
  columns: columns.map((each) => ({ name: each, type: 'string' })),
  primary_key: columns.slice(0, 1),
  links,
  rows: 1,
  version: 1,
});
const tables = [
  table(
    'customers',
    ['id', 'email'],
    [
      { name: 'address', to: 'addresses', cardinality: 'many-to-one' },
      { name: 'orders', to: 'orders', cardinality: 'one-to-many' },
    ],
  ),
  table(
    'addresses',
    ['id', 'city'],
    [{ name: 'country', to: 'countries', cardinality: 'many-to-one' }],
  ),
  table('countries', ['code']),
  table('orders', ['id', 'total']),
];
const scope: Scope = {
  tables,
  dimension: 'customers',
  way: '',
  table: 'customers',
  filters: [],
  audiences: [{ name: 'vip' }],
  populations: [],
  setting: {},
  added: [{ name: 'email', type: 'string', label: 'Mail of the file' }],
};

describe('fields', () => {
  it('have labels and ways, and a column that was added hides one of its name', () => {
    expect(fieldChoices(scope).map((choice) => [choice.path, choiceWords(choice)])).toEqual([
      ['id', 'Id'],
      ['email', 'Mail of the file'],
      ['address.id', 'Address › Id'],
      ['address.city', 'Address › City'],
      ['address.country.code', 'Address › Country › Code'],
    ]);
    expect(fieldChoices(undefined)).toEqual([]);
  });

  it('are also those behind a link that an activity makes, which the server is not asked about', () => {
    const link = { name: 'campaign', to: 'countries', cardinality: 'many-to-one' };
    const linked = withLink(scope, link);
    const found = follow(linked, 'campaign.code');
    expect(found?.column?.name).toBe('code');
    expect(found?.scope.dimension).toBe('');
    expect(follow(linked, 'address.city')?.scope.dimension).toBe('customers');
    const set = table('whatever', ['points']);
    expect(follow(withLink(scope, { ...link, to: '' }, set), 'campaign.points')).toBeDefined();
    expect(withLink(scope, { ...link, to: 'nowhere' })).toBe(scope);
  });

  it('of a file are what its lines carry', () => {
    const lines = looseScope(scope, 'Lines', [{ name: 'spent', type: 'integer' }]);
    expect(columnsOf(lines).map(({ name }) => name)).toEqual(['spent']);
    expect(lines.dimension).toBe('');
  });
});
