/** Where the parts of a canvas stand. Pure: the same graph gives the same picture. */
import dagre from '@dagrejs/dagre';
import { isNamedPort, type Graph, type GraphEdge } from '@/canvas/graph';

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

export const ACTIVITY_SIZE = { width: 244, height: 66 };
const LOOSE_SIZE = 12;
const LABEL_HEIGHT = 26;
/** From an activity to the label of a port that leads nowhere, and from there to its end. */
const STUB_GAP = 14;
/** Distance between the ends of neighbouring transitions on one side of an activity. */
const END_GAP = 26;
/** How much more a transition out of a branching activity wants to be short. */
const BRANCH_WEIGHT = 3;

export function layoutGraph(
  graph: Graph,
  direction: Direction,
  positions: Record<string, Point> | undefined,
): Layout {
  const edges = graph.edges.filter(({ loose }) => !loose);
  const layout =
    handLayout(graph, edges, direction, positions) ?? plannedLayout(graph, edges, direction);
  spreadEnds(layout, edges, direction);
  placeLoose(layout, graph, direction);
  return layout;
}

function autoLayout(graph: Graph, edges: GraphEdge[], direction: Direction): Layout {
  const plan = new dagre.graphlib.Graph({ multigraph: true });
  const down = direction === 'down';
  plan.setGraph({
    rankdir: down ? 'TB' : 'LR',
    nodesep: down ? 36 : 26,
    ranksep: down ? 30 : 34,
    edgesep: 24,
    marginx: 12,
    marginy: 12,
  });
  plan.setDefaultEdgeLabel(() => ({}));
  const activities = graph.nodes.filter(({ activity }) => activity !== undefined);
  for (const { id } of activities) plan.setNode(id, roomOf(id, graph, direction));
  const branching = groupEdges(edges, 'out');
  for (const edge of edges) {
    const weight = (branching.get(edge.from)?.length ?? 0) > 1 ? BRANCH_WEIGHT : 1;
    const size = { width: labelWidth(edge), height: LABEL_HEIGHT, labelpos: 'c', weight };
    plan.setEdge(edge.from, edge.to, size, edge.id);
  }
  dagre.layout(plan);
  const boxes = new Map(
    activities.map(({ id }) => {
      const { x = 0, y = 0 } = plan.node(id);
      const { width, height } = ACTIVITY_SIZE;
      return [id, { x: x - width / 2, y: y - height / 2, width, height }];
    }),
  );
  const routes = new Map(
    edges.map((edge) => {
      const { points = [], x, y } = plan.edge({ v: edge.from, w: edge.to, name: edge.id });
      const middle = points[Math.floor(points.length / 2)] ?? { x: 0, y: 0 };
      const inner = points.slice(1, -1).map((point: Point) => ({ x: point.x, y: point.y }));
      const ends = [{ x: 0, y: 0 }, ...inner, { x: 0, y: 0 }];
      return [edge.id, { points: ends, label: { x: x ?? middle.x, y: y ?? middle.y } }];
    }),
  );
  const layout = { boxes, routes };
  joinEnds(layout, edges, direction);
  return layout;
}

/** The room of an activity with its loose ports beside it, alike on both sides to stay centred. */
function roomOf(id: string, graph: Graph, direction: Direction) {
  const { width, height } = ACTIVITY_SIZE;
  const stubs = graph.edges.filter(({ loose, from }) => loose && from === id);
  if (stubs.length === 0) return { width, height };
  const widths = stubs.map(labelWidth);
  if (direction === 'down') {
    const beside = Math.max(...widths) + 2 * STUB_GAP + LOOSE_SIZE;
    return { width: width + 2 * beside, height: Math.max(height, stubs.length * LABEL_HEIGHT) };
  }
  const below = LABEL_HEIGHT + 2 * STUB_GAP + LOOSE_SIZE;
  const across = widths.reduce((sum, each) => sum + each + STUB_GAP, 0);
  return { width: Math.max(width, across), height: height + 2 * below };
}

/** Turns the picture round where that puts more branches in the order in which they are written. */
function mirrorIfReversed(layout: Layout, edges: GraphEdge[], direction: Direction): void {
  const across = direction === 'down' ? 'x' : 'y';
  let reversed = 0;
  for (const side of ['out', 'in'] as const) {
    for (const group of groupEdges(edges, side).values()) {
      const places = group.map(
        (edge) => layout.boxes.get(side === 'out' ? edge.to : edge.from)?.[across] ?? 0,
      );
      for (const [index, place] of places.slice(1).entries()) {
        reversed += Math.sign((places[index] ?? 0) - place);
      }
    }
  }
  if (reversed <= 0) return;
  const size = direction === 'down' ? 'width' : 'height';
  for (const box of layout.boxes.values()) box[across] = -box[across] - box[size];
  for (const { points, label } of layout.routes.values()) {
    for (const point of [...points, label]) point[across] = -point[across];
  }
}

function plannedLayout(graph: Graph, edges: GraphEdge[], direction: Direction): Layout {
  const layout = autoLayout(graph, edges, direction);
  mirrorIfReversed(layout, edges, direction);
  return layout;
}

/** Saved positions win where every activity has one. */
function handLayout(
  graph: Graph,
  edges: GraphEdge[],
  direction: Direction,
  positions: Record<string, Point> | undefined,
): Layout | undefined {
  const activities = graph.nodes.filter(({ activity }) => activity !== undefined);
  if (positions === undefined || activities.length === 0) return undefined;
  const layout: Layout = { boxes: new Map(), routes: new Map() };
  for (const { id } of activities) {
    const to = positions[id];
    if (to === undefined) return undefined;
    layout.boxes.set(id, { x: to.x, y: to.y, ...ACTIVITY_SIZE });
  }
  for (const edge of edges) {
    const from = layout.boxes.get(edge.from);
    const to = layout.boxes.get(edge.to);
    if (from === undefined || to === undefined) continue;
    const a = borderPoint(from, direction, 'out');
    const b = borderPoint(to, direction, 'in');
    const label = { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
    layout.routes.set(edge.id, { points: [a, b], label });
  }
  return layout;
}

function joinEnds(layout: Layout, edges: GraphEdge[], direction: Direction): void {
  for (const edge of edges) {
    const from = layout.boxes.get(edge.from);
    const to = layout.boxes.get(edge.to);
    const route = layout.routes.get(edge.id);
    if (from === undefined || to === undefined || route === undefined) continue;
    const start = withEnd(route.points, 'out', borderPoint(from, direction, 'out'));
    route.points = withEnd(start, 'in', borderPoint(to, direction, 'in'));
  }
}

/** Gives the transitions at one side of an activity ends of their own, in the order they lead. */
function spreadEnds(layout: Layout, edges: GraphEdge[], direction: Direction): void {
  const across = direction === 'down' ? 'x' : 'y';
  for (const side of ['out', 'in'] as const) {
    for (const [node, group] of groupEdges(edges, side)) {
      const box = layout.boxes.get(node);
      if (box === undefined) continue;
      const order = [...group].sort(
        (a, b) => farEnd(layout, a, side)[across] - farEnd(layout, b, side)[across],
      );
      const room = (direction === 'down' ? box.width : box.height) - 24;
      const gap = Math.min(END_GAP, room / order.length);
      order.forEach((edge, index) => {
        const end = borderPoint(box, direction, side);
        end[across] += (index - (order.length - 1) / 2) * gap;
        const route = layout.routes.get(edge.id);
        if (route !== undefined) route.points = withEnd(route.points, side, end);
      });
    }
  }
}

/** Ports that lead nowhere end beside their activity, where no transition goes. */
function placeLoose(layout: Layout, graph: Graph, direction: Direction): void {
  const loose = graph.edges.filter((edge) => edge.loose);
  for (const [node, stubs] of groupEdges(loose, 'out')) {
    const box = layout.boxes.get(node);
    if (box === undefined) continue;
    const widths = stubs.map(labelWidth);
    let before = -(widths.reduce((sum, width) => sum + width + STUB_GAP, 0) - STUB_GAP) / 2;
    stubs.forEach((edge, index) => {
      const width = widths[index] ?? 0;
      const shift = (index - (stubs.length - 1) / 2) * LABEL_HEIGHT;
      const half = direction === 'down' ? width / 2 : LABEL_HEIGHT / 2;
      const cross = direction === 'down' ? shift : before + width / 2;
      const along = (distance: number): Point =>
        direction === 'down'
          ? { x: box.x + box.width + distance, y: box.y + box.height / 2 + cross }
          : { x: box.x + box.width / 2 + cross, y: box.y + box.height + distance };
      const end = along(2 * STUB_GAP + 2 * half);
      layout.routes.set(edge.id, { points: [along(0), end], label: along(STUB_GAP + half) });
      layout.boxes.set(edge.to, looseBox(end, direction));
      before += width + STUB_GAP;
    });
  }
}

function looseBox(end: Point, direction: Direction): Box {
  const half = LOOSE_SIZE / 2;
  const size = { width: LOOSE_SIZE, height: LOOSE_SIZE };
  return direction === 'down'
    ? { x: end.x, y: end.y - half, ...size }
    : { x: end.x - half, y: end.y, ...size };
}

function groupEdges(edges: GraphEdge[], side: 'in' | 'out'): Map<string, GraphEdge[]> {
  const groups = new Map<string, GraphEdge[]>();
  for (const edge of edges) {
    const node = side === 'out' ? edge.from : edge.to;
    const group = groups.get(node);
    if (group === undefined) groups.set(node, [edge]);
    else group.push(edge);
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

/** Room for the port's name and a count of up to nine digits. */
function labelWidth(edge: GraphEdge): number {
  const name = edge.label ?? (isNamedPort(edge.port) ? edge.port : '');
  return 68 + name.length * 7.5;
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
