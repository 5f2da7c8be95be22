import { expect, it } from 'vitest';
import { readOneOf, readPage, readText } from '@/features/common/search';

it('reads what fits and drops the rest', () => {
  const raw = { search: 12, name: 'a', empty: '', page: 3, first: 1, wrong: 'x', view: 'html' };
  expect(readText(raw, 'search')).toBe('12');
  expect(readText(raw, 'name')).toBe('a');
  expect(readText(raw, 'empty')).toBeUndefined();
  expect(readPage(raw)).toBe(3);
  expect(readPage(raw, 'first')).toBeUndefined();
  expect(readPage(raw, 'wrong')).toBeUndefined();
  expect(readOneOf(raw, 'view', ['html', 'text'])).toBe('html');
  expect(readOneOf(raw, 'wrong', ['html', 'text'])).toBeUndefined();
});
