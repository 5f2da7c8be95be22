/** Lengths of time as a number and a unit. Pure. */

export const SPAN_UNITS = ['s', 'm', 'h', 'd', 'w'] as const;
export type SpanUnit = (typeof SPAN_UNITS)[number];
export interface Span {
  amount: number;
  unit: SpanUnit;
}

/** A length of time with a single unit; `undefined` for one with several, and for a variable. */
export function readSpan(text: string): Span | undefined {
  const match = /^(\d+)([smhdw])$/.exec(text === '' ? '1d' : text);
  return match === null ? undefined : { amount: Number(match[1]), unit: match[2] as SpanUnit };
}
