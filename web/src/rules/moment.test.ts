import { expect, it } from 'vitest';
import { readMoment, writeMoment } from '@/rules/moment';

it.each([
  ['2026-05-12', { kind: 'date', day: '2026-05-12', time: '' }],
  ['2026-05-12T09:00', { kind: 'date', day: '2026-05-12', time: '09:00' }],
  ['now-30d', { kind: 'shift', n: 30, unit: 'd', ahead: false }],
  ['now+2w', { kind: 'shift', n: 2, unit: 'w', ahead: true }],
  ['now/M', { kind: 'start', unit: 'M', shift: 0 }],
  ['now-1Q/Q', { kind: 'start', unit: 'Q', shift: -1 }],
  ['now+1d/d', { kind: 'start', unit: 'd', shift: 1 }],
  [
    { preset: 'lastDays', n: 7 },
    { kind: 'span', asked: { preset: 'lastDays', n: 7 } },
  ],
  ['now-1M/d', { kind: 'code', text: 'now-1M/d' }],
  ['2026-01-01||+1M/d', { kind: 'code', text: '2026-01-01||+1M/d' }],
  ['2026-05-12T09:00:30+02:00', { kind: 'code', text: '2026-05-12T09:00:30+02:00' }],
  ['$start', { kind: 'code', text: '$start' }],
])('reads %j as it is said and writes it back', (value, said) => {
  expect(readMoment(value)).toEqual(said);
  expect(writeMoment(readMoment(value))).toEqual(value);
});

it('is a date without a time as long as none is chosen', () => {
  expect(writeMoment({ kind: 'date', day: '2026-05-12', time: '' })).toBe('2026-05-12');
  expect(writeMoment({ kind: 'date', day: '', time: '09:00' })).toBe('');
  expect(readMoment(undefined)).toEqual({ kind: 'code', text: '' });
});
