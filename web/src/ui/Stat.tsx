import type { ReactNode } from 'react';
import classes from '@/ui/ui.module.css';

/** One number of a summary. */
export function Stat({
  label,
  value,
  note,
}: {
  label: ReactNode;
  value: ReactNode;
  note?: ReactNode;
}) {
  return (
    <div className={classes.stat}>
      <div className={classes.statLabel}>{label}</div>
      <div className={classes.statValue}>{value}</div>
      {note !== undefined && <div className={classes.statNote}>{note}</div>}
    </div>
  );
}
