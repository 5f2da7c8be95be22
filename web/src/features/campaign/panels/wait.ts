/** The settings of a wait as its panel shows them. Pure. */

export type WaitKind = 'for' | 'until' | 'next';
export type SpanUnit = 'm' | 'h' | 'd' | 'w';
export interface WaitView {
  kind: WaitKind;
  duration: string;
  until: string;
  /** What is said of the next time, with what the panel does not show. */
  next: Record<string, unknown>;
  weekday: string | undefined;
  at: string;
}

export function readWait({ duration, until }: Record<string, unknown>): WaitView {
  const next = typeof until === 'object' && until !== null ? { ...until } : {};
  const { weekday, at } = next as { weekday?: unknown; at?: unknown };
  const kind = typeof until === 'string' ? 'until' : until === undefined ? 'for' : 'next';
  return {
    kind,
    duration: typeof duration === 'string' ? duration : '',
    until: typeof until === 'string' ? until : '',
    next,
    weekday: typeof weekday === 'string' ? weekday : undefined,
    at: typeof at === 'string' ? at : '09:00',
  };
}

/** A length of time with a single unit; `undefined` for one with several, and for a variable. */
export function readSpan(text: string): { amount: number; unit: SpanUnit } | undefined {
  const match = /^(\d+)([mhdw])$/.exec(text === '' ? '1d' : text);
  return match === null ? undefined : { amount: Number(match[1]), unit: match[2] as SpanUnit };
}
