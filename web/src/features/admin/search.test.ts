import { expect, test } from 'vitest';
import { readAdminSearch, SECTIONS } from '@/features/admin/search';

test('the address has the section, the open document and the kind of changes', () => {
  const raw = { section: 'calendars', name: 'holidays', kind: 'table' };
  expect(readAdminSearch(raw)).toEqual(raw);
  expect(readAdminSearch({ section: 'nowhere', kind: '' })).toEqual({
    section: undefined,
    name: undefined,
    kind: undefined,
  });
});

test('documents come before what happened and the server', () => {
  expect(SECTIONS[0]).toBe('channels');
  expect(SECTIONS.slice(-2)).toEqual(['audit', 'server']);
});
