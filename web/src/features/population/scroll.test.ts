import { expect, test } from 'vitest';
import {
  AT_TOP,
  HEIGHT,
  HEIGHT_MAX,
  heightOf,
  ROW_HEIGHT,
  scrolledTo,
  windowAt,
} from '@/features/population/scroll';

const MANY = 5_000_000;
const max = (total: number) => heightOf(total) - HEIGHT;

test('few rows stand where they are', () => {
  const at = scrolledTo(AT_TOP, 2_800, max(1_000), 1_000);
  expect(at).toEqual({ top: 2_800, shift: 0 });
  const { first, last, before, after } = windowAt(at, 1_000);
  expect([first, last]).toEqual([88, 134]);
  expect(before + (last - first) * ROW_HEIGHT + after).toBe(1_000 * ROW_HEIGHT);
});

test('the height stays below what browsers draw, and the end of five million rows is reached', () => {
  expect(heightOf(MANY)).toBe(HEIGHT_MAX);
  const end = windowAt(scrolledTo(AT_TOP, max(MANY), max(MANY), MANY), MANY);
  expect(end.last).toBe(MANY);
  expect(end.after).toBe(0);
  expect(end.before + (end.last - end.first) * ROW_HEIGHT).toBe(HEIGHT_MAX);
});

test('a long way goes to that share of the rows', () => {
  const half = windowAt(scrolledTo(AT_TOP, max(MANY) / 2, max(MANY), MANY), MANY);
  expect(half.first).toBeGreaterThan(MANY * 0.499);
  expect(half.last).toBeLessThan(MANY * 0.501);
});

test('small steps leave no row out, wherever they begin', () => {
  let at = scrolledTo(AT_TOP, max(MANY) / 3, max(MANY), MANY);
  let former = windowAt(at, MANY);
  for (let step = 0; step < 50; step += 1) {
    at = scrolledTo(at, at.top + 500, max(MANY), MANY);
    const next = windowAt(at, MANY);
    expect(next.first).toBeLessThanOrEqual(former.last);
    former = next;
  }
  expect(scrolledTo(at, 0, max(MANY), MANY)).toEqual(AT_TOP);
});

test('what is drawn covers the window and keeps the height', () => {
  for (const top of [0, 100, 5_000, 1_000_000, max(MANY) - 700, max(MANY)]) {
    const at = scrolledTo(AT_TOP, top, max(MANY), MANY);
    const { first, last, before, after } = windowAt(at, MANY);
    expect(before).toBeGreaterThanOrEqual(0);
    expect(before).toBeLessThanOrEqual(top);
    expect(before + (last - first) * ROW_HEIGHT).toBeGreaterThanOrEqual(
      Math.min(top + HEIGHT, HEIGHT_MAX),
    );
    expect(before + (last - first) * ROW_HEIGHT + after).toBe(HEIGHT_MAX);
  }
});
