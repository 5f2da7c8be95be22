import { readOneOf, readText, type RawSearch } from '@/features/common/search';
import type { Span } from '@/features/calendar/days';

export interface CalendarSearch {
  span?: Span;
  /** A day of what is shown; today without it. */
  day?: string;
  /** States of campaigns, with commas. */
  state?: string;
}

export function readCalendarSearch(raw: RawSearch): CalendarSearch {
  const day = readText(raw, 'day');
  return {
    span: readOneOf(raw, 'span', ['week', 'month']),
    day: day !== undefined && /^\d{4}-\d\d-\d\d$/.test(day) ? day : undefined,
    state: readText(raw, 'state'),
  };
}
