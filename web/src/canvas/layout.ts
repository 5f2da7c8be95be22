/** Where the parts of a canvas stand. Pure: the same graph gives the same picture. */
import dagre from '@dagrejs/dagre';
import { isNamedPort, type Graph, type GraphEdge, type GraphNode } from '@/canvas/graph';

export type Direction = 'down' | 'right';
export interface Point {
  x: number;
  y: number;
}
/** Top left corner and size in canvas pixels. */
export interface Box extends Point {
  width: number;
  height: number;
}
export interface Route {
  /** From the source's border to the target's. */
  points: Point[];
  /** Centre of the label. */
  label: Point;
}
export interface Layout {
  boxes: Map<string, Box>;
  routes: Map<string, Route>;
}

export const ACTIVITY_SIZE = { width: 224, height: 68 };
const LOOSE_SIZE = { width: 20, height: 20 };
const LABEL_HEIGHT = 24;
/** Distance between the ends of neighbouring transitions on one side of an activity. */
const END_GAP = 26;

export function layoutGraph(
  graph: Graph,
  direction: Direction,
  positions: Record<string, Point> | undefined,
): Layout {
  const layout = autoLayout(graph, direction);
  if (positions !== undefined) placeByHand(layout, graph, direction, positions);
  spreadEnds(layout, graph, direction);
  return layout;
}

function autoLayout(graph: Graph, direction: Direction): Layout {
  const plan = new dagre.graphlib.Graph({ multigraph: true });
  const down = direction === 'down';
  plan.setGraph({
    rankdir: down ? 'TB' : 'LR',
    nodesep: down ? 40 : 30,
    ranksep: down ? 40 : 36,
    edgesep: 24,
    marginx: 16,
    marginy: 16,
  });
  plan.setDefaultEdgeLabel(() => ({}));
  for (const node of graph.nodes) plan.setNode(node.id, { ...sizeOf(node) });
  for (const edge of graph.edges) {
    const size = { width: labelWidth(edge), height: LABEL_HEIGHT, labelpos: 'c' };
    plan.setEdge(edge.from, edge.to, size, edge.id);
  }
  dagre.layout(plan);
  const boxes = new Map(
    graph.nodes.map((node) => {
      const { x = 0, y = 0 } = plan.node(node.id);
      return [node.id, centred({ x, y }, sizeOf(node))];
    }),
  );
  const routes = new Map(
    graph.edges.map((edge) => {
      const { points = [], x, y } = plan.edge({ v: edge.from, w: edge.to, name: edge.id });
      const middle = points[Math.floor(points.length / 2)] ?? { x: 0, y: 0 };
      return [edge.id, { points, label: { x: x ?? middle.x, y: y ?? middle.y } }];
    }),
  );
  return { boxes, routes };
}

/** Saved positions win where every activity has one; loose ends follow their activity. */
function placeByHand(
  layout: Layout,
  graph: Graph,
  direction: Direction,
  positions: Record<string, Point>,
): void {
  const activities = graph.nodes.filter(({ activity }) => activity !== undefined);
  if (activities.length === 0 || !activities.every(({ id }) => positions[id] !== undefined)) return;
  const moved = new Map<string, Point>();
  for (const { id } of activities) {
    const box = layout.boxes.get(id);
    const to = positions[id];
    if (box === undefined || to === undefined) continue;
    moved.set(id, { x: to.x - box.x, y: to.y - box.y });
    layout.boxes.set(id, { ...box, ...to });
  }
  for (const { id, source } of graph.nodes) {
    const shift = moved.get(source?.activity ?? '');
    const box = layout.boxes.get(id);
    if (shift === undefined || box === undefined) continue;
    layout.boxes.set(id, { ...box, x: box.x + shift.x, y: box.y + shift.y });
  }
  for (const edge of graph.edges) {
    const from = layout.boxes.get(edge.from);
    const to = layout.boxes.get(edge.to);
    if (from === undefined || to === undefined) continue;
    const ends = [borderPoint(from, direction, 'out'), borderPoint(to, direction, 'in')];
    layout.routes.set(edge.id, { points: ends, label: middleOf(ends) });
  }
}

/** Gives the transitions at one side of an activity ends of their own, in the order they lead. */
function spreadEnds(layout: Layout, graph: Graph, direction: Direction): void {
  const across = direction === 'down' ? 'x' : 'y';
  for (const side of ['out', 'in'] as const) {
    const groups = groupEdges(graph.edges, side);
    for (const [node, edges] of groups) {
      const box = layout.boxes.get(node);
      if (box === undefined) continue;
      const order = [...edges].sort(
        (a, b) => farEnd(layout, a, side)[across] - farEnd(layout, b, side)[across],
      );
      const room = (direction === 'down' ? box.width : box.height) - 24;
      const gap = Math.min(END_GAP, room / Math.max(1, order.length));
      order.forEach((edge, index) => {
        const end = borderPoint(box, direction, side);
        end[across] += (index - (order.length - 1) / 2) * gap;
        const route = layout.routes.get(edge.id);
        if (route !== undefined) route.points = withEnd(route.points, side, end);
      });
    }
  }
}

function groupEdges(edges: GraphEdge[], side: 'in' | 'out'): Map<string, GraphEdge[]> {
  const groups = new Map<string, GraphEdge[]>();
  for (const edge of edges) {
    const node = side === 'out' ? edge.from : edge.to;
    groups.set(node, [...(groups.get(node) ?? []), edge]);
  }
  return groups;
}

function farEnd(layout: Layout, edge: GraphEdge, side: 'in' | 'out'): Point {
  return layout.routes.get(edge.id)?.points.at(side === 'out' ? 1 : -2) ?? { x: 0, y: 0 };
}

function withEnd(points: Point[], side: 'in' | 'out', end: Point): Point[] {
  return side === 'out' ? [end, ...points.slice(1)] : [...points.slice(0, -1), end];
}

function borderPoint(box: Box, direction: Direction, side: 'in' | 'out'): Point {
  const far = side === 'out' ? 1 : 0;
  return direction === 'down'
    ? { x: box.x + box.width / 2, y: box.y + box.height * far }
    : { x: box.x + box.width * far, y: box.y + box.height / 2 };
}

/** An SVG path through the points that leaves and arrives along the direction of flow. */
export function smoothPath(points: Point[], direction: Direction): string {
  const [first, ...others] = points;
  if (first === undefined) return '';
  let from = first;
  let path = `M${from.x},${from.y}`;
  for (const to of others) {
    const middle = direction === 'down' ? (from.y + to.y) / 2 : (from.x + to.x) / 2;
    path +=
      direction === 'down'
        ? `C${from.x},${middle} ${to.x},${middle} ${to.x},${to.y}`
        : `C${middle},${from.y} ${middle},${to.y} ${to.x},${to.y}`;
    from = to;
  }
  return path;
}

function sizeOf(node: GraphNode) {
  return node.activity === undefined ? LOOSE_SIZE : ACTIVITY_SIZE;
}

/** Room for the port's name and a count of up to nine digits. */
function labelWidth(edge: GraphEdge): number {
  const name = edge.label ?? (isNamedPort(edge.port) ? edge.port : '');
  return 64 + name.length * 6.5;
}

function centred({ x, y }: Point, size: { width: number; height: number }): Box {
  return { x: x - size.width / 2, y: y - size.height / 2, ...size };
}

function middleOf([a, b]: Point[]): Point {
  return a === undefined || b === undefined
    ? { x: 0, y: 0 }
    : { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
}
