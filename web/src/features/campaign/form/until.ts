/** Times until which something waits, in every form that settings write them in. Pure. */
import { asObject } from '@/ui/form/schema';

export type UntilKind = 'for' | 'until' | 'next';
export interface Next {
  weekdays: string[];
  at: string;
}
export interface UntilView {
  kind: UntilKind;
  /** A length of time, a moment or a variable. */
  text: string;
  next: Next;
}

export const WEEKDAYS = [
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
  'sunday',
] as const;

const SPAN = /^(\d+[smhdw] ?)+$/;

/** A length like `2d`, a moment, a variable, or the next time that it is a weekday and an hour. */
export function readUntil(value: unknown): UntilView {
  if (typeof value === 'object' && value !== null) {
    return { kind: 'next', text: '', next: readNext(value) };
  }
  const text = typeof value === 'string' ? value : '';
  const kind = text === '' || SPAN.test(text) ? 'for' : 'until';
  return { kind, text, next: readNext(undefined) };
}

/** No weekday is every day. */
export function readNext(value: unknown): Next {
  const { weekday, at } = asObject(value);
  const days: unknown[] = Array.isArray(weekday) ? weekday : [weekday];
  return {
    weekdays: days.filter((day): day is string => typeof day === 'string'),
    at: typeof at === 'string' ? at : '09:00',
  };
}

export function writeNext({ weekdays, at }: Next): Record<string, unknown> {
  const order = (day: string) => (WEEKDAYS as readonly string[]).indexOf(day);
  const days = [...weekdays].sort((a, b) => order(a) - order(b));
  if (days.length === 0) return { at };
  return { weekday: days.length === 1 ? days[0] : days, at };
}
