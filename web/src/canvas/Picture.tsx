import { useMemo } from 'react';
import type { PictureOf } from '@/api/library';
import type { ActivityKind } from '@/api/types';
import { buildGraph } from '@/canvas/graph';
import { kindLook } from '@/canvas/kinds';
import { layoutGraph } from '@/canvas/layout';
import classes from '@/canvas/picture.module.css';

interface Props {
  picture: PictureOf;
  kinds: ActivityKind[] | undefined;
}

/** A canvas as small as it can be drawn: its shape, and the colours of its activities. */
export function Picture({ picture, kinds }: Props) {
  const { boxes, lines, frame } = useMemo(() => shapes(picture, kinds), [picture, kinds]);
  return (
    <svg
      className={classes.picture}
      viewBox={frame}
      aria-hidden
      preserveAspectRatio="xMidYMid meet"
    >
      {lines.map(({ id, points }) => (
        <polyline key={id} className={classes.line} points={points} />
      ))}
      {boxes.map(({ id, x, y, width, height, tone }) => (
        <g key={id} style={{ color: `var(--t-${tone})` }}>
          <rect
            className={classes.box}
            x={x}
            y={y}
            width={width}
            height={height}
            rx={14}
            style={{ fill: `var(--t-${tone}-soft)` }}
          />
          <circle cx={x + 33} cy={y + height / 2} r={15} fill="currentColor" />
          <line
            className={classes.word}
            x1={x + 66}
            x2={x + width - 34}
            y1={y + height / 2 - 8}
            y2={y + height / 2 - 8}
          />
          <line
            className={classes.word}
            x1={x + 66}
            x2={x + width - 90}
            y1={y + height / 2 + 12}
            y2={y + height / 2 + 12}
            opacity={0.45}
          />
        </g>
      ))}
    </svg>
  );
}

function shapes(picture: PictureOf, kinds: ActivityKind[] | undefined) {
  const activities = picture.activities.map(({ id, type }) => ({ id, type }));
  const document = {
    kind: 'campaign' as const,
    name: '',
    canvas: { activities, transitions: picture.transitions },
  };
  const graph = buildGraph(document, {}, undefined);
  const layout = layoutGraph(graph, 'down', undefined);
  const boxes = activities.flatMap(({ id, type }) => {
    const box = layout.boxes.get(id);
    return box === undefined
      ? []
      : [{ id, ...box, tone: kindLook(type, kinds).category ?? 'neutral' }];
  });
  const lines = [...layout.routes].map(([id, { points }]) => ({
    id,
    points: points.map(({ x, y }) => `${x},${y}`).join(' '),
  }));
  const edges = (side: 'x' | 'y', length: 'width' | 'height') => ({
    low: Math.min(...boxes.map((box) => box[side])),
    high: Math.max(...boxes.map((box) => box[side] + box[length])),
  });
  const across = edges('x', 'width');
  const down = edges('y', 'height');
  const margin = 16;
  const frame = [
    across.low - margin,
    down.low - margin,
    across.high - across.low + 2 * margin,
    down.high - down.low + 2 * margin,
  ].join(' ');
  return { boxes, lines, frame };
}
