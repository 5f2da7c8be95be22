import { describe, expect, it } from 'vitest';
import type { CampaignDocument, RunSummary } from '@/api/types';
import { buildGraph, parsePort, portText, rowsByEdge } from '@/canvas/graph';
import { ACTIVITY_SIZE, layoutGraph, smoothPath } from '@/canvas/layout';

const document: CampaignDocument = {
  kind: 'campaign',
  name: 'c',
  canvas: {
    activities: [
      { id: 'a', type: 'build-audience' },
      { id: 'b', type: 'build-audience' },
      { id: 'both', type: 'combine' },
      { id: 'ab', type: 'split' },
      { id: 'mail', type: 'email' },
      { id: 'done', type: 'end' },
    ],
    transitions: [
      { from: 'a', to: 'both' },
      { from: 'b', to: 'both' },
      { from: 'both', to: 'ab' },
      { from: 'ab.one', to: 'mail' },
      { from: 'mail', to: 'done' },
      { from: 'nobody', to: 'done' },
    ],
  },
};
const ports = {
  a: ['out'],
  b: ['out', 'error'],
  both: ['out', 'complement'],
  ab: ['one', 'two'],
  mail: ['out'],
  done: ['out'],
};
const run = {
  transitions: [
    { from: 'a', port: 'out', to: 'both', rows: 10 },
    { from: 'both', port: 'complement', to: null, rows: 3 },
    { from: 'b', port: 'error', to: null, rows: 1 },
    { from: 'ab', port: 'one', to: 'mail', rows: null },
  ],
} as RunSummary;

const ids = (graph: ReturnType<typeof buildGraph>) => graph.edges.map(({ id }) => id).sort();

describe('graph', () => {
  it.each([
    ['ab', { activity: 'ab', port: 'out' }],
    ['ab.gold', { activity: 'ab', port: 'gold' }],
  ])('port %s', (from, ref) => {
    expect(parsePort(from)).toEqual(ref);
    expect(portText(ref)).toBe(from);
  });

  it('draws declared loose ports, and quiet ones only when rows came out', () => {
    const connected = ['a.out>both', 'ab.one>mail', 'b.out>both', 'both.out>ab', 'mail.out>done'];
    const loose = ['ab.two>', 'both.complement>'];
    expect(ids(buildGraph(document, ports, undefined))).toEqual([...connected, ...loose].sort());
    expect(ids(buildGraph(document, ports, run))).toEqual(
      [...connected, ...loose, 'b.error>'].sort(),
    );
  });

  it('counts rows of reached transitions only', () => {
    expect(Object.fromEntries(rowsByEdge(run))).toEqual({
      'a.out>both': 10,
      'both.complement>': 3,
      'b.error>': 1,
    });
  });
});

describe('layout', () => {
  const graph = buildGraph(document, ports, run);

  it.each(['down', 'right'] as const)(
    '%s: nothing overlaps, and flow goes one way',
    (direction) => {
      const { boxes, routes } = layoutGraph(graph, direction, undefined);
      const all = [...boxes.values()];
      for (const [index, a] of all.entries()) {
        for (const b of all.slice(index + 1)) {
          const apart =
            a.x + a.width <= b.x ||
            b.x + b.width <= a.x ||
            a.y + a.height <= b.y ||
            b.y + b.height <= a.y;
          expect(apart).toBe(true);
        }
      }
      const along = direction === 'down' ? 'y' : 'x';
      for (const { id } of graph.edges.filter(({ loose }) => !loose)) {
        const points = routes.get(id)?.points ?? [];
        for (const [index, point] of points.slice(1).entries()) {
          expect(point[along]).toBeGreaterThanOrEqual(points[index]?.[along] ?? Infinity);
        }
      }
    },
  );

  it('keeps branches in the order in which they are written', () => {
    const { boxes } = layoutGraph(graph, 'down', undefined);
    expect(boxes.get('a')?.x).toBeLessThan(boxes.get('b')?.x ?? -Infinity);
  });

  it('is the same picture each time', () => {
    expect(layoutGraph(graph, 'down', undefined)).toEqual(layoutGraph(graph, 'down', undefined));
  });

  it('takes saved positions when each activity has one', () => {
    const positions = Object.fromEntries(
      document.canvas.activities.map(({ id }, index) => [id, { x: 5 * index, y: 200 * index }]),
    );
    const { boxes } = layoutGraph(graph, 'down', positions);
    expect(boxes.get('both')).toEqual({ x: 10, y: 400, ...ACTIVITY_SIZE });
    const { done, ...some } = positions;
    expect(done).toBeDefined();
    expect(layoutGraph(graph, 'down', some)).toEqual(layoutGraph(graph, 'down', undefined));
  });

  it('lays out 500 activities', () => {
    const activities = Array.from({ length: 500 }, (_, n) => ({ id: `n${n}`, type: 'wait' }));
    const transitions = activities.slice(1).map(({ id }, n) => ({ from: `n${n >> 1}`, to: id }));
    const large = buildGraph({ ...document, canvas: { activities, transitions } }, {}, undefined);
    expect(layoutGraph(large, 'down', undefined).boxes.size).toBe(500);
  });

  it('draws a path that leaves and arrives along the flow', () => {
    const points = [
      { x: 0, y: 0 },
      { x: 10, y: 20 },
    ];
    expect(smoothPath(points, 'down')).toBe('M0,0C0,10 10,10 10,20');
    expect(smoothPath(points, 'right')).toBe('M0,0C5,0 5,20 10,20');
    expect(smoothPath([], 'down')).toBe('');
  });
});
