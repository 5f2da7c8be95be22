import { expect, test } from 'vitest';
import { asKind, readDay, writeDay } from '@/features/admin/calendarDays';

test('each form of an entry is read, and written as it was', () => {
  for (const entry of [
    '2026-12-25',
    { date: '2026-12-25', label: 'Christmas' },
    { from: '2026-12-24', until: '2027-01-01', label: 'Holidays' },
    { yearly: '12-25' },
  ]) {
    expect(writeDay(readDay(entry))).toEqual(entry);
  }
});

test('an entry becomes another kind with what it has', () => {
  const day = readDay({ date: '2026-12-25', label: 'Christmas' });
  expect(writeDay(asKind(day, 'yearly'))).toEqual({ yearly: '12-25', label: 'Christmas' });
  expect(writeDay(asKind(day, 'range'))).toEqual({
    from: '2026-12-25',
    until: '2026-12-25',
    label: 'Christmas',
  });
  expect(writeDay(asKind(readDay({ yearly: '12-25' }), 'date'))).toBe('');
});
