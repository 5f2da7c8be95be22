/** The entries of a calendar as a form has them. Pure. */

export type DayKind = 'date' | 'range' | 'yearly';
export interface DayEntry {
  kind: DayKind;
  /** The day, or the first one: `2026-12-25`; of a yearly one `12-25`. */
  from: string;
  /** The last day of a range. */
  until: string;
  label: string;
}

/** An entry as the document writes it, in any of its forms. */
export function readDay(value: unknown): DayEntry {
  if (typeof value !== 'object' || value === null) {
    return { kind: 'date', from: text(value), until: '', label: '' };
  }
  const { date, from, until, yearly, label } = value as Record<string, unknown>;
  const named = { label: text(label) };
  if (yearly !== undefined) return { kind: 'yearly', from: text(yearly), until: '', ...named };
  if (from !== undefined || until !== undefined) {
    return { kind: 'range', from: text(from), until: text(until), ...named };
  }
  return { kind: 'date', from: text(date), until: '', ...named };
}

export function writeDay({ kind, from, until, label }: DayEntry): unknown {
  const named = label.trim() === '' ? {} : { label: label.trim() };
  switch (kind) {
    case 'date':
      return label.trim() === '' ? from : { date: from, ...named };
    case 'range':
      return { from, until, ...named };
    case 'yearly':
      return { yearly: from, ...named };
  }
}

/** The entry as another kind: what it says of days stays as far as that can be. */
export function asKind(entry: DayEntry, kind: DayKind): DayEntry {
  if (kind === entry.kind) return entry;
  const isWhole = /^\d{4}-\d{2}-\d{2}$/.test(entry.from);
  if (kind === 'yearly')
    return { ...entry, kind, from: isWhole ? entry.from.slice(5) : '', until: '' };
  const from = isWhole ? entry.from : '';
  return { ...entry, kind, from, until: kind === 'range' ? from : '' };
}

function text(value: unknown): string {
  return value === undefined || value === null ? '' : String(value);
}
