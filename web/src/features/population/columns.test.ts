import { expect, test } from 'vitest';
import { arranged, moved } from '@/features/population/columns';

test('what was placed comes first, and what is not known is passed over', () => {
  expect(arranged(['a', 'b', 'c'], ['c', 'x', 'c'])).toEqual(['c', 'a', 'b']);
  expect(arranged(['a', 'b'], [])).toEqual(['a', 'b']);
});

test('a column moves by one place, and not past the ends', () => {
  expect(moved(['a', 'b', 'c'], 'c', -1)).toEqual(['a', 'c', 'b']);
  expect(moved(['a', 'b', 'c'], 'a', 1)).toEqual(['b', 'a', 'c']);
  expect(moved(['a', 'b'], 'a', -1)).toEqual(['a', 'b']);
  expect(moved(['a', 'b'], 'b', 1)).toEqual(['a', 'b']);
});
