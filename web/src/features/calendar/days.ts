/** The days of a calendar as civil dates, `2026-12-01`. Pure: they know no time zone. */

export type Span = 'month' | 'week';

const DAY_MS = 86_400_000;

export function parseDay(day: string): Date {
  return new Date(`${day}T00:00:00Z`);
}

export function dayText(date: Date): string {
  return date.toISOString().slice(0, 10);
}

export function addDays(day: string, count: number): string {
  return dayText(new Date(parseDay(day).getTime() + count * DAY_MS));
}

/** Monday of the week of a day. */
export function weekStart(day: string): string {
  const weekday = (parseDay(day).getUTCDay() + 6) % 7;
  return addDays(day, -weekday);
}

/** The days that are shown: whole weeks. */
export function shownDays(span: Span, day: string): string[] {
  if (span === 'week') return range(weekStart(day), 7);
  const first = weekStart(`${day.slice(0, 7)}-01`);
  const next = addMonths(`${day.slice(0, 7)}-01`, 1);
  const weeks = Math.ceil((parseDay(next).getTime() - parseDay(first).getTime()) / DAY_MS / 7);
  return range(first, weeks * 7);
}

/** A step forward or back; of months, the same day or the last. */
export function step(span: Span, day: string, by: 1 | -1): string {
  return span === 'week' ? addDays(day, 7 * by) : addMonths(day, by);
}

function addMonths(day: string, count: number): string {
  const date = parseDay(day);
  const month = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + count + 1, 0));
  month.setUTCDate(Math.min(date.getUTCDate(), month.getUTCDate()));
  return dayText(month);
}

function range(first: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => addDays(first, index));
}
