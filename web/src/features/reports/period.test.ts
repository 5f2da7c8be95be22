import { expect, it } from 'vitest';
import { daysOf, periodOf, rangeOf, spanOf } from '@/features/reports/period';

const NOW = new Date('2026-11-23T12:00:00').getTime();

it.each(['all', 'day', 'week', 'month', 'range'] as const)('%s is found again', (span) => {
  expect(spanOf(periodOf(span, NOW))).toBe(span);
});

it('days of a range are those of the reader, both included', () => {
  const period = rangeOf('2026-03-28', '2026-03-29');
  expect(daysOf(period)).toEqual({ first: '2026-03-28', last: '2026-03-29' });
  expect(daysOf(rangeOf('', '2026-03-29'))).toEqual({ first: '', last: '2026-03-29' });
  expect(daysOf(periodOf('range', NOW))).toEqual({ first: '2026-11-17', last: '2026-11-23' });
  expect(rangeOf('', '')).toEqual({ from: undefined, to: undefined });
});
