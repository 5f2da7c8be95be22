/** Which part of a canvas is shown at first. Pure. */
import type { Box, Direction } from '@/canvas/layout';

/** What the picture is shifted by and enlarged. */
export interface ViewTransform {
  x: number;
  y: number;
  zoom: number;
}

interface Edges {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

const MARGIN = 26;
const ZOOM_MAX = 1.1;
/** Below this, names cannot be read, so that a part is shown in place of the whole. */
const ZOOM_READABLE = 0.6;
const ZOOM_PART = 0.8;

/** All of it where it can be read; else what is in focus, or the beginning of the flow. */
export function firstView(
  boxes: Box[],
  room: { width: number; height: number },
  direction: Direction,
  focus: Box | undefined,
): ViewTransform {
  const left = Math.min(...boxes.map(({ x }) => x));
  const top = Math.min(...boxes.map(({ y }) => y));
  const width = Math.max(...boxes.map((box) => box.x + box.width)) - left;
  const height = Math.max(...boxes.map((box) => box.y + box.height)) - top;
  const whole = Math.min(
    ZOOM_MAX,
    (room.width - 2 * MARGIN) / width,
    (room.height - 2 * MARGIN) / height,
  );
  const middle = { x: left + width / 2, y: top + height / 2 };
  if (whole >= ZOOM_READABLE) return centredOn(middle, room, whole);
  if (focus !== undefined) {
    const point = { x: focus.x + focus.width / 2, y: focus.y + focus.height / 2 };
    return centredOn(point, room, ZOOM_PART);
  }
  const part = centredOn(middle, room, ZOOM_PART);
  return direction === 'down'
    ? { ...part, y: MARGIN - top * ZOOM_PART }
    : { ...part, x: MARGIN - left * ZOOM_PART };
}

/** Whether all is in sight and a map in the lower right corner would only cover a part of it. */
export function isMapInTheWay(
  boxes: Box[],
  { x, y, zoom }: ViewTransform,
  room: { width: number; height: number },
  map: { width: number; height: number },
): boolean {
  const seen = boxes.map((box) => ({
    left: x + box.x * zoom,
    top: y + box.y * zoom,
    right: x + (box.x + box.width) * zoom,
    bottom: y + (box.y + box.height) * zoom,
  }));
  const inSight = seen.every(
    ({ left, top, right, bottom }) =>
      left >= 0 && top >= 0 && right <= room.width && bottom <= room.height,
  );
  const corner = { left: room.width - map.width - MARGIN, top: room.height - map.height - MARGIN };
  return inSight && seen.some(({ right, bottom }) => right > corner.left && bottom > corner.top);
}

/** How far `inner` has to move to stand inside of `outer`, with a margin. */
export function shiftInto(inner: Edges, outer: Edges): { x: number; y: number } {
  return {
    x: shiftAlong(inner.left, inner.right, outer.left, outer.right),
    y: shiftAlong(inner.top, inner.bottom, outer.top, outer.bottom),
  };
}

function shiftAlong(from: number, to: number, start: number, end: number): number {
  if (from < start) return start + MARGIN - from;
  return to > end ? end - MARGIN - to : 0;
}

function centredOn(
  point: { x: number; y: number },
  room: { width: number; height: number },
  zoom: number,
): ViewTransform {
  return { x: room.width / 2 - point.x * zoom, y: room.height / 2 - point.y * zoom, zoom };
}
