/** Which of very many rows stand in the window. Pure. */

export const ROW_HEIGHT = 28;
/** The height of the window, in pixels. */
export const HEIGHT = 600;
/** Browsers draw nothing below some height (Firefox 17.9 million pixels): the rows beyond are reached by a shift. */
export const HEIGHT_MAX = 400_000 * ROW_HEIGHT;
/** Rows above and below the window that are drawn as well. */
const SPARE = 12;

export interface Position {
  /** How far it is scrolled, in pixels. */
  top: number;
  /** How far the rows are shifted up against where they would stand if there were no limit; whole rows. */
  shift: number;
}
export const AT_TOP: Position = { top: 0, shift: 0 };

export interface Window {
  first: number;
  /** The one behind the last. */
  last: number;
  /** Pixels before and behind the rows that are drawn. */
  before: number;
  after: number;
}

export function heightOf(total: number): number {
  return Math.min(total * ROW_HEIGHT, HEIGHT_MAX);
}

/**
 * Where one is after scrolling to `top`, of at most `max`. Small steps move by so many pixels of rows, so that no row
 * is jumped over; a long way, as with the scroll bar, goes to that share of all rows.
 */
export function scrolledTo(former: Position, top: number, max: number, total: number): Position {
  const beyond = total * ROW_HEIGHT - heightOf(total);
  if (beyond === 0) return { top, shift: 0 };
  if (top <= 0) return AT_TOP;
  if (top >= max - 1) return { top, shift: beyond };
  if (Math.abs(top - former.top) < HEIGHT) return { top, shift: former.shift };
  const shift = Math.round(((top / max) * beyond) / ROW_HEIGHT) * ROW_HEIGHT;
  return { top, shift };
}

export function windowAt({ top, shift }: Position, total: number): Window {
  const height = heightOf(total);
  const at = top + shift;
  const hidden = Math.ceil(shift / ROW_HEIGHT);
  const wanted = Math.max(0, hidden, Math.floor(at / ROW_HEIGHT) - SPARE);
  const first = Math.min(wanted, Math.max(0, total - 1));
  const reachable = Math.floor((height + shift) / ROW_HEIGHT);
  const last = Math.min(total, reachable, Math.ceil((at + HEIGHT) / ROW_HEIGHT) + SPARE);
  const before = first * ROW_HEIGHT - shift;
  const after = Math.max(0, height - before - (last - first) * ROW_HEIGHT);
  return { first, last, before, after };
}
