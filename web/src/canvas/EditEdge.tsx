import { IconPlus } from '@tabler/icons-react';
import { BaseEdge, EdgeLabelRenderer, useStore, type Edge, type EdgeProps } from '@xyflow/react';
import { memo } from 'react';
import { useCanvasActions } from '@/canvas/edit/actions';
import type { TransitionRef } from '@/canvas/edit/document';
import { smoothPath, type Direction, type Point } from '@/canvas/layout';
import { t } from '@/i18n';
import { formatCount } from '@/ui/format';
import classes from '@/canvas/canvas.module.css';

/** From this size on, one can see and reach what is on a transition. */
const ZOOM_DETAILS = 0.4;

export type EditFlowEdge = Edge<
  {
    transition: TransitionRef;
    /** The way between the ends, where the canvas has arranged itself. */
    inner: Point[];
    middle: Point | undefined;
    direction: Direction;
    label: string | undefined;
    rows: number | undefined;
    fromLabel: string;
    toLabel: string;
  },
  'edit'
>;

/** A transition that can be named, cut, and have an activity put on it. */
export const EditEdge = memo(function EditEdge(props: EdgeProps<EditFlowEdge>) {
  const { data, markerEnd, selected = false, sourceX, sourceY, targetX, targetY } = props;
  const actions = useCanvasActions();
  const near = useStore(({ transform }) => transform[2] >= ZOOM_DETAILS);
  if (data === undefined) return null;
  const { transition, inner, direction, label, rows, fromLabel, toLabel } = data;
  const ends = [
    { x: sourceX, y: sourceY },
    { x: targetX, y: targetY },
  ] as const;
  const points = [ends[0], ...inner, ends[1]];
  const { x, y } = (inner.length > 0 ? data.middle : undefined) ?? {
    x: (sourceX + targetX) / 2,
    y: (sourceY + targetY) / 2,
  };
  const name = { from: fromLabel, to: toLabel };
  return (
    <>
      <BaseEdge
        path={smoothPath(points, direction)}
        markerEnd={markerEnd}
        className={classes.edge}
        data-chosen={selected}
        data-reached={rows !== undefined}
        interactionWidth={22}
      />
      {near && (
        <EdgeLabelRenderer>
          <div
            className={`${classes.onEdge} nopan nodrag`}
            style={{ transform: `translate(-50%,-50%) translate(${x}px,${y}px)` }}
          >
            {(label !== undefined || rows !== undefined) && (
              <button
                type="button"
                className={classes.edgePill}
                data-chosen={selected}
                onClick={() => actions.openTransition(transition)}
                aria-label={t('canvas.transition', name)}
              >
                {label !== undefined && <span className={classes.port}>{label}</span>}
                {rows !== undefined && <span>{formatCount(rows)}</span>}
              </button>
            )}
            <button
              type="button"
              className={classes.insert}
              data-transition={props.id}
              title={t('canvas.insertHere')}
              aria-label={t('canvas.insertBetween', name)}
              onClick={() => actions.add({ kind: 'on', transition })}
            >
              <IconPlus size={13} stroke={2.4} aria-hidden />
            </button>
          </div>
        </EdgeLabelRenderer>
      )}
    </>
  );
});
