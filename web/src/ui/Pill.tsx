import type { ReactNode } from 'react';
import { toneStyle, type Tone } from '@/ui/tone';
import classes from '@/ui/ui.module.css';

/** A small coloured word with a dot; the dot pulses while something is going on. */
export function Pill({
  tone,
  pulse = false,
  children,
}: {
  tone: Tone;
  pulse?: boolean;
  children: ReactNode;
}) {
  return (
    <span className={classes.pill} style={toneStyle(tone)}>
      <span className={classes.dot} data-pulse={pulse} aria-hidden />
      {children}
    </span>
  );
}

export function Tag({ children }: { children: ReactNode }) {
  return <span className={classes.tag}>{children}</span>;
}
