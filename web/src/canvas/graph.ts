/** The canvas as a graph: activities, transitions, and ports that lead nowhere. Pure. */
import type { ActivityDocument, CampaignDocument, RunSummary, RunTransition } from '@/api/types';

export interface PortRef {
  activity: string;
  port: string;
}
export interface GraphNode {
  id: string;
  /** `undefined`: the end of a port that nothing is connected to. */
  activity?: ActivityDocument;
  source?: PortRef;
}
export interface GraphEdge {
  id: string;
  from: string;
  port: string;
  to: string;
  loose: boolean;
  /** The marketer's own name of the transition. */
  label?: string;
}
export interface Graph {
  nodes: GraphNode[];
  edges: GraphEdge[];
}

/** Ports that are only drawn when something is connected to them or came out of them. */
const QUIET_PORTS = new Set(['error', 'rejects']);
const DEFAULT_PORT = 'out';

/** `ab.gold` → activity `ab`, port `gold`; `ab` → port `out`. */
export function parsePort(from: string): PortRef {
  const dot = from.indexOf('.');
  return dot < 0
    ? { activity: from, port: DEFAULT_PORT }
    : { activity: from.slice(0, dot), port: from.slice(dot + 1) };
}

export function portText({ activity, port }: PortRef): string {
  return port === DEFAULT_PORT ? activity : `${activity}.${port}`;
}

/** Whether a port is worth naming on its transition. */
export function isNamedPort(port: string): boolean {
  return port !== DEFAULT_PORT;
}

export function buildGraph(
  document: CampaignDocument,
  ports: Record<string, string[]>,
  run: RunSummary | undefined,
): Graph {
  const { activities, transitions = [] } = document.canvas;
  const known = new Set(activities.map(({ id }) => id));
  const edges: GraphEdge[] = [];
  for (const { from, to, label } of transitions) {
    const { activity, port } = parsePort(from);
    if (!known.has(activity) || !known.has(to)) continue;
    edges.push({ id: edgeId(activity, port, to), from: activity, port, to, loose: false, label });
  }
  const nodes: GraphNode[] = activities.map((activity) => ({ id: activity.id, activity }));
  for (const source of loosePorts(document, ports, run?.transitions ?? [], edges)) {
    const id = `loose:${source.activity}.${source.port}`;
    nodes.push({ id, source });
    edges.push({
      id: edgeId(source.activity, source.port, ''),
      from: source.activity,
      port: source.port,
      to: id,
      loose: true,
    });
  }
  return { nodes, edges };
}

/** Rows of each transition, by edge id; transitions that have not been reached are absent. */
export function rowsByEdge(run: RunSummary | undefined): Map<string, number> {
  const rows = new Map<string, number>();
  for (const transition of run?.transitions ?? []) {
    if (transition.rows === null) continue;
    rows.set(edgeId(transition.from, transition.port, transition.to ?? ''), transition.rows);
  }
  return rows;
}

export function edgeId(from: string, port: string, to: string): string {
  return `${from}.${port}>${to}`;
}

function loosePorts(
  document: CampaignDocument,
  ports: Record<string, string[]>,
  reached: RunTransition[],
  edges: GraphEdge[],
): PortRef[] {
  const connected = new Set(edges.map(({ from, port }) => `${from}.${port}`));
  const loose = new Map<string, PortRef>();
  for (const { id, type } of document.canvas.activities) {
    if (type === 'end') continue;
    for (const port of ports[id] ?? []) {
      if (!QUIET_PORTS.has(port)) loose.set(`${id}.${port}`, { activity: id, port });
    }
  }
  const known = new Set(document.canvas.activities.map(({ id }) => id));
  for (const { from, port, to, rows } of reached) {
    if (to !== null || !known.has(from)) continue;
    if (QUIET_PORTS.has(port) && (rows ?? 0) === 0) continue;
    loose.set(`${from}.${port}`, { activity: from, port });
  }
  return [...loose].filter(([key]) => !connected.has(key)).map(([, port]) => port);
}
