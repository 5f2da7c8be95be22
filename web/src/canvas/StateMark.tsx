import {
  IconAlertTriangle,
  IconCheck,
  IconClockHour4,
  IconLoader2,
  IconMinus,
  IconPlayerPause,
  type Icon,
} from '@tabler/icons-react';
import { activityLook } from '@/canvas/states';
import { toneStyle } from '@/ui/tone';
import classes from '@/canvas/canvas.module.css';

const ICONS: Record<string, Icon> = {
  waiting: IconClockHour4,
  ready: IconClockHour4,
  running: IconLoader2,
  held: IconPlayerPause,
  paused: IconPlayerPause,
  completed: IconCheck,
  failed: IconAlertTriangle,
  skipped: IconMinus,
};

/** The state of one activity as a round mark; its word is in the activity's label. */
export function StateMark({ state }: { state: string }) {
  const { tone, label } = activityLook(state);
  const Mark = ICONS[state] ?? IconMinus;
  return (
    <span
      className={classes.mark}
      data-state={state}
      style={toneStyle(tone)}
      title={label}
      aria-hidden
    >
      <Mark size={14} stroke={2.4} />
    </span>
  );
}
