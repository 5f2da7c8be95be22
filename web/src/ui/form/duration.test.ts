import { expect, it } from 'vitest';
import { readSpan } from '@/ui/form/duration';

it.each([
  ['3d', { amount: 3, unit: 'd' }],
  ['90s', { amount: 90, unit: 's' }],
  ['', { amount: 1, unit: 'd' }],
  ['1d12h', undefined],
  ['$pause', undefined],
])('span %s', (text, span) => {
  expect(readSpan(text)).toEqual(span);
});
