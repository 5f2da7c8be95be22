/** The time that a report is about, as the server takes it and as people choose it. Pure. */

/** Of which messages: a day is the last 24 hours. */
export const SPANS = ['all', 'day', 'week', 'month', 'range'] as const;
export type Span = (typeof SPANS)[number];

export interface Period {
  /** Date math or a moment; nothing: all time. */
  from?: string;
  to?: string;
}

const LAST: Partial<Record<Span, string>> = { day: 'now-1d', week: 'now-7d', month: 'now-30d' };

export function spanOf({ from, to }: Period): Span {
  if (from === undefined && to === undefined) return 'all';
  const known = SPANS.find((span) => LAST[span] !== undefined && LAST[span] === from);
  return to === undefined && known !== undefined ? known : 'range';
}

/** What is asked for a span; a range begins with the last week until today, at `now` (epoch milliseconds). */
export function periodOf(span: Span, now: number): Period {
  if (span === 'all') return { from: undefined, to: undefined };
  if (span !== 'range') return { from: LAST[span], to: undefined };
  const today = dayText(new Date(now));
  return { from: startOf(addDays(today, -6)), to: startOf(addDays(today, 1)) };
}

/** The first and the last day of a range, as the reader's calendar has them; empty where it is open. */
export function daysOf({ from, to }: Period): { first: string; last: string } {
  const day = (time: string | undefined) => {
    const date = time === undefined ? undefined : new Date(time);
    return date === undefined || Number.isNaN(date.getTime()) ? '' : dayText(date);
  };
  const after = day(to);
  return { first: day(from), last: after === '' ? '' : addDays(after, -1) };
}

/** Both days are included. */
export function rangeOf(first: string, last: string): Period {
  return {
    from: first === '' ? undefined : startOf(first),
    to: last === '' ? undefined : startOf(addDays(last, 1)),
  };
}

/** The moment at which a day begins where the reader is. */
function startOf(day: string): string {
  return new Date(`${day}T00:00:00`).toISOString();
}

function dayText(date: Date): string {
  const part = (number: number) => String(number).padStart(2, '0');
  return `${date.getFullYear()}-${part(date.getMonth() + 1)}-${part(date.getDate())}`;
}

function addDays(day: string, days: number): string {
  const date = new Date(`${day}T12:00:00`);
  date.setDate(date.getDate() + days);
  return dayText(date);
}
