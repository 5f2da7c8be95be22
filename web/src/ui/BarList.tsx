import { formatCount, formatShare } from '@/ui/format';
import { toneStyle, type Tone } from '@/ui/tone';
import classes from '@/ui/ui.module.css';

export interface Bar {
  id: string;
  label: string;
  value: number;
}

interface Props {
  label: string;
  bars: Bar[];
  /** What 100 % is. */
  whole: number;
  tone: Tone;
  onPick?: (id: string) => void;
}

/** Named amounts as bars, largest first, each with its share of the whole. */
export function BarList({ label, bars, whole, tone, onPick }: Props) {
  const sorted = [...bars].sort((a, b) => b.value - a.value);
  const largest = Math.max(1, ...sorted.map(({ value }) => value));
  return (
    <ul className={classes.bars} aria-label={label} style={toneStyle(tone)}>
      {sorted.map((bar) => (
        <li key={bar.id} className={classes.barRow}>
          {onPick === undefined ? (
            <span className={classes.barLabel}>{bar.label}</span>
          ) : (
            <button type="button" className={classes.barLabel} onClick={() => onPick(bar.id)}>
              {bar.label}
            </button>
          )}
          <span className={classes.barTrack} aria-hidden>
            <span
              className={classes.barFill}
              style={{ display: 'block', width: `${(bar.value / largest) * 100}%` }}
            />
          </span>
          <span className={classes.barValue}>
            {formatCount(bar.value)}
            <span className={classes.barShare}>{formatShare(bar.value, whole)}</span>
          </span>
        </li>
      ))}
    </ul>
  );
}
