import { expect, it } from 'vitest';
import { queryOf } from '@/features/campaigns/search';
import { searchOf, viewOf } from '@/features/campaigns/views';

it.each([
  {},
  { search: 'spring', state: 'draft,live', tag: 'vip,email', folder: '2026/spring' },
  { attention: 'yes', sort: 'updated', order: 'descending' },
] as const)('a view gives back the search that it was made of: %j', (search) => {
  const view = viewOf('mine', 'Mine', search);
  expect(searchOf(view)).toEqual({
    search: undefined,
    state: undefined,
    tag: undefined,
    folder: undefined,
    attention: undefined,
    sort: undefined,
    order: undefined,
    page: undefined,
    ...search,
  });
});

it('a view says all that it filters by', () => {
  const search = { state: 'draft,live', attention: 'yes', order: 'descending' } as const;
  expect(viewOf('mine', 'Mine', { ...search, sort: 'last_run', page: 3 }).filter).toEqual({
    states: ['draft', 'live'],
    attention: true,
    sort: 'last_run',
    descending: true,
  });
});

it('the server is asked page by page', () => {
  expect(queryOf({})).toMatchObject({ sort: 'label', offset: 0 });
  expect(queryOf({ sort: 'updated', order: 'descending', page: 2 })).toMatchObject({
    sort: 'updated:descending',
    offset: 100,
  });
});
