/** The canvas as the parts that the drawing library takes. What stays the same stays the same object. */
import { MarkerType } from '@xyflow/react';
import type { ActivityDocument, ActivityKind, CampaignDocument, RunSummary } from '@/api/types';
import type { EditFlowEdge } from '@/canvas/EditEdge';
import type { EditFlowNode, EditPort } from '@/canvas/EditNode';
import { same } from '@/canvas/edit/parts';
import { activityLabel, type Trouble } from '@/canvas/edit/words';
import { edgeId, parsePort, rowsByEdge } from '@/canvas/graph';
import { kindLook, type KindLook } from '@/canvas/kinds';
import { portLabel } from '@/canvas/ports';
import { ACTIVITY_SIZE, type Direction, type Layout } from '@/canvas/layout';

export interface EditPicture {
  document: CampaignDocument;
  ports: Record<string, string[]>;
  kinds: ActivityKind[] | undefined;
  run: RunSummary | undefined;
  trouble: Map<string, Trouble>;
  selection: ReadonlySet<string>;
  found: ReadonlySet<string>;
  direction: Direction;
  layout: Layout;
}

export interface Cache {
  nodes: Map<string, EditFlowNode>;
  nodeList: EditFlowNode[];
  edges: Map<string, EditFlowEdge>;
  edgeList: EditFlowEdge[];
  looks: Map<string, KindLook>;
  kinds: ActivityKind[] | undefined;
}

const MARKER = { type: MarkerType.ArrowClosed, width: 15, height: 15, color: 'var(--t-edge)' };
/** Ports that are only drawn when something is connected to them. */
const QUIET = new Set(['error', 'rejects']);

export function makeCache(): Cache {
  return {
    nodes: new Map(),
    nodeList: [],
    edges: new Map(),
    edgeList: [],
    looks: new Map(),
    kinds: undefined,
  };
}

export function flowNodes(picture: EditPicture, cache: Cache): EditFlowNode[] {
  const { document, kinds, run, trouble, selection, found, direction, layout } = picture;
  if (cache.kinds !== kinds) {
    cache.looks.clear();
    cache.kinds = kinds;
  }
  const states = new Map(run?.activities.map(({ id, state }) => [id, state]));
  const used = usedPorts(document);
  const list = document.canvas.activities.map((activity) => {
    const { id, type } = activity;
    const { x = 0, y = 0 } = layout.boxes.get(id) ?? {};
    const problems = trouble.get(id);
    const next: EditFlowNode = {
      id,
      type: 'edit',
      position: { x, y },
      ...ACTIVITY_SIZE,
      selected: selection.has(id),
      data: {
        id,
        label: activityLabel(activity),
        look: lookOf(type, cache, kinds),
        enabled: activity.enabled !== false,
        breakpoint: activity.breakpoint === true,
        notes: activity.notes,
        errors: problems?.errors.length ?? 0,
        warnings: problems?.warnings.length ?? 0,
        state: states.get(id),
        ports: portsOf(picture, activity, used.get(id)),
        takes: kinds?.find(({ kind }) => kind === type)?.inputs?.max !== 0,
        found: found.has(id),
        direction,
      },
    };
    return kept(cache.nodes, next);
  });
  return (cache.nodeList = keptList(cache.nodeList, list));
}

export function flowEdges(
  picture: EditPicture,
  cache: Cache,
  moving: string,
  chosen: string | undefined,
): EditFlowEdge[] {
  const { document, run, direction, layout } = picture;
  const rows = rowsByEdge(run);
  const labels = new Map(document.canvas.activities.map((each) => [each.id, activityLabel(each)]));
  const inMotion = new Set(moving === '' ? [] : moving.split(' '));
  const byHand = document.canvas.positions !== undefined;
  const list = (document.canvas.transitions ?? []).flatMap(({ from, to, label }) => {
    const { activity, port } = parsePort(from);
    if (!labels.has(activity) || !labels.has(to)) return [];
    const id = edgeId(activity, port, to);
    const route = layout.routes.get(id);
    const straight = byHand || inMotion.has(activity) || inMotion.has(to);
    const next: EditFlowEdge = {
      id,
      source: activity,
      sourceHandle: port,
      target: to,
      type: 'edit',
      selected: id === chosen,
      markerEnd: MARKER,
      data: {
        transition: { activity, port, to },
        inner: straight ? [] : (route?.points.slice(1, -1) ?? []),
        middle: straight ? undefined : route?.label,
        direction,
        label,
        rows: rows.get(id),
        fromLabel: labels.get(activity) ?? activity,
        toLabel: labels.get(to) ?? to,
      },
    };
    return [kept(cache.edges, next)];
  });
  return (cache.edgeList = keptList(cache.edgeList, list));
}

function portsOf(
  { ports, kinds }: EditPicture,
  activity: ActivityDocument,
  used: Set<string> = new Set(),
): EditPort[] {
  const kind = kinds?.find((each) => each.kind === activity.type);
  const declared = ports[activity.id] ?? kind?.ports?.map(({ name }) => name) ?? ['out'];
  const names = [...new Set([...declared.filter((port) => !QUIET.has(port)), ...used])];
  return names.map((name) => ({
    name,
    label: portLabel(activity, name),
    connected: used.has(name),
  }));
}

function usedPorts(document: CampaignDocument): Map<string, Set<string>> {
  const used = new Map<string, Set<string>>();
  for (const { from } of document.canvas.transitions ?? []) {
    const { activity, port } = parsePort(from);
    const ports = used.get(activity) ?? new Set();
    used.set(activity, ports.add(port));
  }
  return used;
}

function lookOf(type: string, cache: Cache, kinds: ActivityKind[] | undefined): KindLook {
  const known = cache.looks.get(type);
  if (known !== undefined) return known;
  const look = kindLook(type, kinds);
  cache.looks.set(type, look);
  return look;
}

function kept<T extends { id: string; data?: unknown }>(known: Map<string, T>, next: T): T {
  const former = known.get(next.id);
  if (former !== undefined && same(former, next)) return former;
  known.set(next.id, next);
  return next;
}

function keptList<T>(former: T[], next: T[]): T[] {
  const alike =
    former.length === next.length && former.every((each, index) => each === next[index]);
  return alike ? former : next;
}
