import { BaseEdge, EdgeLabelRenderer, type Edge, type EdgeProps } from '@xyflow/react';
import { memo } from 'react';
import type { Mark } from '@/canvas/Canvas';
import { smoothPath, type Direction, type Route } from '@/canvas/layout';
import { formatCount } from '@/ui/format';
import classes from '@/canvas/canvas.module.css';
import { t } from '@/i18n';

export type CountFlowEdge = Edge<
  {
    route: Route;
    direction: Direction;
    /** What the way out is called, where it has a name. */
    portLabel: string | undefined;
    label: string | undefined;
    rows: number | undefined;
    loose: boolean;
    chosen: boolean;
    mark: Mark | undefined;
    /** Rows are on their way through here. */
    flowing: boolean;
    fromLabel: string;
    onPick: (() => void) | undefined;
  },
  'count'
>;

export const CountEdge = memo(function CountEdge({ data, markerEnd }: EdgeProps<CountFlowEdge>) {
  if (data === undefined) return null;
  const { route, direction, rows, loose, chosen, flowing, onPick } = data;
  const name = data.label ?? data.portLabel;
  const { x, y } = route.label;
  return (
    <>
      <BaseEdge
        path={loose ? straight(route) : smoothPath(route.points, direction)}
        markerEnd={loose ? undefined : markerEnd}
        className={classes.edge}
        data-loose={loose}
        data-chosen={chosen}
        data-mark={data.mark}
        data-flowing={flowing}
        data-reached={rows !== undefined}
        interactionWidth={18}
      />
      {(name !== undefined || rows !== undefined) && (
        <EdgeLabelRenderer>
          <button
            type="button"
            className={`${classes.count} nopan`}
            data-chosen={chosen}
            data-empty={rows === 0}
            disabled={onPick === undefined}
            onClick={onPick}
            aria-label={edgeWords(data)}
            style={{ transform: `translate(-50%,-50%) translate(${x}px,${y}px)` }}
          >
            {name !== undefined && <span className={classes.port}>{name}</span>}
            {rows !== undefined && <span>{formatCount(rows)}</span>}
          </button>
        </EdgeLabelRenderer>
      )}
    </>
  );
});

function straight({ points }: Route): string {
  return points.map(({ x, y }, index) => `${index === 0 ? 'M' : 'L'}${x},${y}`).join('');
}

function edgeWords({
  fromLabel,
  portLabel,
  rows,
  loose,
}: NonNullable<CountFlowEdge['data']>): string {
  const where = portLabel === undefined ? fromLabel : `${fromLabel}, ${portLabel}`;
  const amount = rows === undefined ? t('canvas.notReached') : t('count.rows', { n: rows });
  return `${where}: ${amount}${loose ? t('canvas.notConnected') : ''}`;
}
