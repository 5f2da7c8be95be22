import type { CSSProperties } from 'react';

/** What a colour says. Each has a text colour and a soft ground in both schemes. */
export type Tone =
  | 'neutral'
  | 'info'
  | 'good'
  | 'bad'
  | 'warn'
  | 'accent'
  | 'targeting'
  | 'flow'
  | 'channel'
  | 'data';

/** Sets `--tone` and `--tone-soft` for an element and what is inside it. */
export function toneStyle(tone: Tone): CSSProperties {
  return { '--tone': `var(--t-${tone})`, '--tone-soft': `var(--t-${tone}-soft)` } as CSSProperties;
}
