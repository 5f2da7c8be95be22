/** The settings of a wait as its panel shows them. Pure. */
import { readNext, readUntil, type Next, type UntilKind } from '@/features/campaign/form/until';

export interface WaitView {
  kind: UntilKind;
  /** The length of time, or the moment until which it waits. */
  text: string;
  next: Next;
}

/** A length stands in `duration`, and may stand in `until` as well. */
export function readWait({ duration, until }: Record<string, unknown>): WaitView {
  if (until === undefined || until === null) {
    const text = typeof duration === 'string' ? duration : '';
    return { kind: 'for', text, next: readNext(undefined) };
  }
  const view = readUntil(until);
  // An empty moment is one that is not written yet.
  return until === '' ? { ...view, kind: 'until' } : view;
}
