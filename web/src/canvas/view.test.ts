import { describe, expect, it } from 'vitest';
import { firstView, isMapInTheWay, shiftInto } from '@/canvas/view';

const room = { width: 1000, height: 700 };
const box = (x: number, y: number) => ({ x, y, width: 200, height: 60 });

it.each([
  ['all in sight, corner free', [box(0, 0)], false],
  ['all in sight, corner taken', [box(0, 0), box(790, 600)], true],
  ['not all in sight', [box(0, -500), box(790, 600)], false],
])('map: %s', (_, boxes, hidden) => {
  const map = { width: 150, height: 100 };
  expect(isMapInTheWay(boxes, { x: 0, y: 0, zoom: 1 }, room, map)).toBe(hidden);
});

const edges = (left: number, top: number) => ({ left, top, right: left + 10, bottom: top + 10 });

it.each([
  [edges(50, 50), { x: 0, y: 0 }],
  [edges(-30, 50), { x: 56, y: 0 }],
  [edges(50, 200), { x: 0, y: -136 }],
])('moves what is out of sight into it: %j', (inner, shift) => {
  expect(shiftInto(inner, { left: 0, top: 0, right: 100, bottom: 100 })).toEqual(shift);
});

describe('first view', () => {
  it('shows all of a small picture, in the middle and not too large', () => {
    expect(firstView([box(0, 0)], room, 'down', undefined)).toEqual({
      x: 500 - 110,
      y: 350 - 33,
      zoom: 1.1,
    });
  });

  it('shows the beginning of one that could not be read', () => {
    const tall = [box(0, 0), box(0, 4_000)];
    expect(firstView(tall, room, 'down', undefined)).toMatchObject({ y: 26, zoom: 0.8 });
    const wide = [box(-50, 0), box(4_000, 0)];
    expect(firstView(wide, room, 'right', undefined)).toMatchObject({ x: 26 + 40, zoom: 0.8 });
  });

  it('shows what is in focus where not all can be read', () => {
    const focus = box(0, 2_000);
    const { x, y, zoom } = firstView([box(0, 0), focus, box(0, 4_000)], room, 'down', focus);
    expect([100 * zoom + x, 2_030 * zoom + y]).toEqual([500, 350]);
  });
});
