import { expect, it } from 'vitest';
import { isPreset, presetWords } from '@/rules/presets';
import { describeRule } from '@/rules/words';

it('says presets with their numbers', () => {
  expect(presetWords({ preset: 'lastQuarter' })).toBe('last quarter');
  expect(presetWords({ preset: 'nextDays', n: 7 })).toBe('in the next 7 days');
  expect(presetWords({ preset: 'nextDays', n: 1 })).toBe('in the next 1 day');
  expect(presetWords({ preset: 'nextDays' })).toBe('in the next … days');
  expect(presetWords({ preset: 'someDay', n: 2 })).toMatch(/2$/);
});

it('knows presets among other values', () => {
  expect([{ preset: 'today' }, 'today', null, { n: 1 }, ['today']].map(isPreset)).toEqual([
    true,
    false,
    false,
    false,
    false,
  ]);
});

it('reads rules with presets', () => {
  const said = (operator: string, value: unknown) =>
    describeRule({ field: 'seen', operator, value })
      .parts.map(({ text }) => text)
      .join(' ');
  expect(said('=', { preset: 'lastDays', n: 30 })).toBe('seen is in the last 30 days');
  expect(said('>=', { preset: 'daysAgo', n: 7 })).toBe('seen is on or after 7 days ago');
  expect(said('in', [{ preset: 'today' }, '2026-05-01'])).toBe(
    'seen is one of today or 2026-05-01',
  );
});
