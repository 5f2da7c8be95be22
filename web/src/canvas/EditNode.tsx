import { IconAlertTriangle, IconNote, IconPlayerPauseFilled, IconPlus } from '@tabler/icons-react';
import { Handle, Position, type Node, type NodeProps } from '@xyflow/react';
import { memo, type CSSProperties } from 'react';
import type { RunActivity } from '@/api/types';
import { isNamedPort } from '@/canvas/graph';
import type { KindLook } from '@/canvas/kinds';
import type { Direction } from '@/canvas/layout';
import { useCanvasActions } from '@/canvas/edit/actions';
import { activityLook } from '@/canvas/states';
import { StateMark } from '@/canvas/StateMark';
import { t } from '@/i18n';
import { toneStyle } from '@/ui/tone';
import classes from '@/canvas/canvas.module.css';

export interface EditPort {
  name: string;
  label: string;
  connected: boolean;
}
export type EditFlowNode = Node<
  {
    id: string;
    label: string;
    look: KindLook;
    enabled: boolean;
    breakpoint: boolean;
    notes: string | undefined;
    errors: number;
    warnings: number;
    state: RunActivity['state'] | undefined;
    ports: EditPort[];
    /** Whether transitions may arrive here. */
    takes: boolean;
    found: boolean;
    direction: Direction;
  },
  'edit'
>;

/** An activity that can be moved, connected and changed. */
export const EditNode = memo(function EditNode({ data, selected }: NodeProps<EditFlowNode>) {
  const { id, label, look, enabled, breakpoint, notes, errors, warnings, state, direction } = data;
  const { Icon } = look;
  const down = direction === 'down';
  return (
    <>
      {data.takes && (
        <Handle
          type="target"
          position={down ? Position.Top : Position.Left}
          className={classes.target}
          aria-hidden
        />
      )}
      <button
        type="button"
        className={classes.activity}
        data-activity={id}
        data-chosen={selected}
        data-state={state}
        data-enabled={enabled}
        data-trouble={errors > 0 ? 'error' : warnings > 0 ? 'warning' : undefined}
        data-found={data.found}
        aria-pressed={selected}
        aria-label={nodeWords(data)}
        style={toneStyle(look.category ?? 'neutral')}
      >
        <span className={classes.icon} aria-hidden>
          <Icon size={21} stroke={1.7} />
        </span>
        <span className={classes.words}>
          <span className={classes.name}>{label}</span>
          <span className={classes.kind}>{enabled ? look.label : t('canvas.disabled')}</span>
        </span>
        {notes !== undefined && notes !== '' && (
          <span title={notes} className={classes.flag} aria-hidden>
            <IconNote size={15} />
          </span>
        )}
        {breakpoint && (
          <span title={t('canvas.breakpoint')} className={classes.breakpoint} aria-hidden>
            <IconPlayerPauseFilled size={11} />
          </span>
        )}
        {errors + warnings > 0 ? (
          <span
            className={classes.trouble}
            data-level={errors > 0 ? 'error' : 'warning'}
            aria-hidden
          >
            <IconAlertTriangle size={14} stroke={2.2} />
          </span>
        ) : (
          state !== undefined && <StateMark state={state} />
        )}
      </button>
      {data.ports.map((port, index) => (
        <Port key={port.name} data={data} port={port} index={index} />
      ))}
    </>
  );
});

/** Where rows leave: a handle to draw a transition from, and a button that adds what comes next. */
function Port({
  data,
  port,
  index,
}: {
  data: EditFlowNode['data'];
  port: EditPort;
  index: number;
}) {
  const actions = useCanvasActions();
  const down = data.direction === 'down';
  const share = `${placeOf(data.ports, index)}%`;
  const ref = { activity: data.id, port: port.name };
  const named = isNamedPort(port.name);
  return (
    <Handle
      type="source"
      id={port.name}
      position={down ? Position.Bottom : Position.Right}
      className={classes.source}
      data-connected={port.connected}
      data-direction={data.direction}
      style={{ ...(down ? { left: share } : { top: share }), ...roomStyle(data.ports) }}
    >
      {(named || !port.connected) && (
        <button
          type="button"
          className={classes.portButton}
          data-connected={port.connected}
          title={t('canvas.addAfterPort', { port: port.label })}
          aria-label={t('canvas.addAfter', {
            name: named ? `${data.label}, ${port.label}` : data.label,
          })}
          onClick={(event) => {
            event.stopPropagation();
            actions.add({ kind: 'after', port: ref });
          }}
        >
          {named && <span className={classes.portName}>{port.label}</span>}
          {!port.connected && <IconPlus size={13} stroke={2.4} aria-hidden />}
        </button>
      )}
    </Handle>
  );
}

/** Where along its side a port is, in per cent: a single way on leaves in the middle, with what is open beside it. */
function placeOf(ports: EditPort[], index: number): number {
  const connected = ports.filter((port) => port.connected).length;
  if (connected === 1 && ports.length <= 3) {
    if (ports[index]?.connected === true) return 50;
    const open = ports.filter((port, at) => !port.connected && at < index).length;
    return open === 0 ? 86 : 14;
  }
  return ((index + 1) / (ports.length + 1)) * 100;
}

/** How long the name of a port may be, so that neighbours do not touch. */
function roomStyle(ports: EditPort[]): CSSProperties {
  return {
    '--port-room': `${Math.max(34, Math.floor(230 / ports.length) - 24)}px`,
  } as CSSProperties;
}

/** All that a node shows, said in words. */
function nodeWords(data: EditFlowNode['data']): string {
  const { label, look, enabled, breakpoint, errors, warnings, state } = data;
  const more = [
    state === undefined ? undefined : activityLook(state).label.toLowerCase(),
    enabled ? undefined : t('canvas.disabled').toLowerCase(),
    breakpoint ? t('canvas.breakpoint').toLowerCase() : undefined,
    errors > 0 ? t('canvas.errors', { n: errors }) : undefined,
    warnings > 0 ? t('canvas.warnings', { n: warnings }) : undefined,
  ].filter((word) => word !== undefined);
  return [label, look.label, ...more].join(', ');
}
