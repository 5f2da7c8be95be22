import { describe, expect, it } from 'vitest';
import { shownDays, step, weekStart } from '@/features/calendar/days';

describe('days of a calendar', () => {
  it('begin their weeks on Monday', () => {
    expect(weekStart('2026-11-29')).toBe('2026-11-23');
    expect(weekStart('2026-11-23')).toBe('2026-11-23');
  });
  it('show whole weeks of a month', () => {
    const days = shownDays('month', '2026-11-15');
    expect([days[0], days.at(-1), days.length]).toEqual(['2026-10-26', '2026-12-06', 42]);
    expect(shownDays('month', '2027-02-10')).toHaveLength(28);
    expect(shownDays('week', '2026-11-29')[6]).toBe('2026-11-29');
  });
  it('step over the ends of months', () => {
    expect(step('month', '2026-01-31', 1)).toBe('2026-02-28');
    expect(step('month', '2026-01-31', -1)).toBe('2025-12-31');
    expect(step('week', '2026-12-30', 1)).toBe('2027-01-06');
  });
});
