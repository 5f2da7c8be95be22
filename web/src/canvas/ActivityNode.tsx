import { Handle, Position, type Node, type NodeProps } from '@xyflow/react';
import { memo } from 'react';
import type { RunActivity, RunDelivery } from '@/api/types';
import type { Mark } from '@/canvas/Canvas';
import type { KindLook } from '@/canvas/kinds';
import type { Direction } from '@/canvas/layout';
import { activityLook } from '@/canvas/states';
import { StateMark } from '@/canvas/StateMark';
import { toneStyle } from '@/ui/tone';
import classes from '@/canvas/canvas.module.css';
import { t } from '@/i18n';

export type ActivityFlowNode = Node<
  {
    id: string;
    label: string;
    look: KindLook;
    state: RunActivity['state'] | undefined;
    delivery: RunDelivery | undefined;
    chosen: boolean;
    mark: Mark | undefined;
    direction: Direction;
  },
  'activity'
>;

const MARKS: Record<Mark, string> = { added: '+', removed: '−', changed: '≠' };

export const ActivityNode = memo(function ActivityNode({ data }: NodeProps<ActivityFlowNode>) {
  const { label, look, state, delivery, chosen, direction } = data;
  const { Icon } = look;
  const marked = data.mark === undefined ? '' : `, ${t(`versions.${data.mark}`).toLowerCase()}`;
  const word = state === undefined ? marked : `, ${activityLook(state).label.toLowerCase()}`;
  return (
    <>
      <Ends direction={direction} />
      <button
        type="button"
        className={classes.activity}
        data-state={state}
        data-chosen={chosen}
        data-mark={data.mark}
        aria-pressed={chosen}
        aria-label={`${label}, ${look.label}${word}`}
        style={toneStyle(look.category ?? 'neutral')}
      >
        <span className={classes.icon} aria-hidden>
          <Icon size={21} stroke={1.7} />
        </span>
        <span className={classes.words}>
          <span className={classes.name}>{label}</span>
          <span className={classes.kind}>
            {delivery === undefined ? look.label : deliveryWords(delivery)}
          </span>
        </span>
        {data.mark !== undefined && (
          <span className={classes.difference} data-mark={data.mark} aria-hidden>
            {MARKS[data.mark]}
          </span>
        )}
        {state !== undefined && <StateMark state={state} />}
        {delivery !== undefined && <DeliveryBar delivery={delivery} />}
      </button>
    </>
  );
});

/** A test sends nothing, so that only the audience says something. */
function deliveryWords({ targeted, sent }: RunDelivery): string {
  if (sent === 0) return t('node.targeted', { n: targeted });
  return t('node.sent', { sent, n: targeted });
}

function DeliveryBar({ delivery }: { delivery: RunDelivery }) {
  const { targeted, sent, excluded, failed, in_doubt } = delivery;
  const share = (value: number) => `${targeted === 0 ? 0 : (value / targeted) * 100}%`;
  return (
    <span className={classes.bar} aria-hidden>
      <span style={{ width: share(sent), background: 'var(--t-good)' }} />
      <span style={{ width: share(excluded), background: 'var(--t-line-strong)' }} />
      <span style={{ width: share(in_doubt), background: 'var(--t-warn)' }} />
      <span style={{ width: share(failed), background: 'var(--t-bad)' }} />
    </span>
  );
}

/** The library wants handles; transitions find their own way, so that these are never seen. */
function Ends({ direction }: { direction: Direction }) {
  const down = direction === 'down';
  return (
    <>
      <Handle
        type="target"
        position={down ? Position.Top : Position.Left}
        isConnectable={false}
        className={classes.handle}
      />
      <Handle
        type="source"
        position={down ? Position.Bottom : Position.Right}
        isConnectable={false}
        className={classes.handle}
      />
    </>
  );
}
