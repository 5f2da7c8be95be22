import { expect, it } from 'vitest';
import { readSpan, readWait } from '@/features/campaign/panels/wait';

it.each([
  [{ duration: '3d' }, 'for'],
  [{}, 'for'],
  [{ until: '2026-12-01T09:00' }, 'until'],
  [{ until: { at: '10:00' } }, 'next'],
])('%j', (settings, kind) => {
  expect(readWait(settings).kind).toBe(kind);
});

it.each([
  ['3d', { amount: 3, unit: 'd' }],
  ['', { amount: 1, unit: 'd' }],
  ['1d12h', undefined],
  ['$pause', undefined],
])('span %s', (text, span) => {
  expect(readSpan(text)).toEqual(span);
});
