import {
  Background,
  BackgroundVariant,
  ControlButton,
  Controls,
  MarkerType,
  ReactFlow,
  type Node,
} from '@xyflow/react';
import '@xyflow/react/dist/style.css';
import { IconArrowsRight, IconArrowsDown } from '@tabler/icons-react';
import { useMemo, useRef } from 'react';
import type { ActivityKind, CampaignDocument, RunSummary } from '@/api/types';
import { CanvasMap } from '@/canvas/CanvasMap';
import { ActivityNode, type ActivityFlowNode } from '@/canvas/ActivityNode';
import { CountEdge, type CountFlowEdge } from '@/canvas/CountEdge';
import { FLOW_WORDS } from '@/canvas/flowWords';
import { buildGraph, isNamedPort, rowsByEdge, type Graph, type PortRef } from '@/canvas/graph';
import { kindLook } from '@/canvas/kinds';
import { portLabel } from '@/canvas/ports';
import { layoutGraph, type Direction, type Layout } from '@/canvas/layout';
import { LooseNode, type LooseFlowNode } from '@/canvas/LooseNode';
import { humanize } from '@/ui/format';
import { ViewKeeper } from '@/canvas/ViewKeeper';
import classes from '@/canvas/canvas.module.css';
import { t } from '@/i18n';

const NODE_TYPES = { activity: ActivityNode, loose: LooseNode };
const EDGE_TYPES = { count: CountEdge };
/** From this many parts on, only those in view are drawn. */
const DRAW_ALL_MAX = 150;
const FIT = { padding: 0.06, maxZoom: 1.1 };

interface Props {
  document: CampaignDocument;
  ports: Record<string, string[]>;
  kinds: ActivityKind[] | undefined;
  run: RunSummary | undefined;
  colorScheme: 'light' | 'dark';
  direction: Direction;
  onDirection?: (direction: Direction) => void;
  chosenActivity: string | undefined;
  chosenPort: PortRef | undefined;
  onActivity: (id: string | undefined) => void;
  onPort?: (port: PortRef) => void;
  /** What was added, changed and removed, where two versions are shown. */
  marks?: Marks;
}

export interface Marks {
  activities: Map<string, Mark>;
  transitions: Map<string, Mark>;
}
export type Mark = 'added' | 'removed' | 'changed';

/** A campaign's canvas with what a run did on it. Nothing can be changed here. */
export function Canvas(props: Props) {
  const { document, ports, run, direction } = props;
  const moved = useRef(false);
  // The picture only depends on the parts, so that counts coming in do not move it.
  const graph = useStableGraph(buildGraph(document, ports, run));
  const { positions } = document.canvas;
  const layout = useMemo(
    () => layoutGraph(graph, direction, positions),
    [graph, direction, positions],
  );
  const focus = props.chosenActivity ?? props.chosenPort?.activity;
  const nodes = flowNodes(props, graph, layout);
  const edges = flowEdges(props, graph, layout);
  const turned: Direction = direction === 'down' ? 'right' : 'down';
  return (
    <ReactFlow
      key={direction}
      className={classes.flow}
      colorMode={props.colorScheme}
      nodes={nodes}
      edges={edges}
      nodeTypes={NODE_TYPES}
      edgeTypes={EDGE_TYPES}
      onNodeClick={(_, node) => props.onActivity(activityOf(node))}
      onEdgeClick={(_, edge) => edge.data?.onPick?.()}
      onPaneClick={() => props.onActivity(undefined)}
      onMoveStart={(event) => {
        if (event !== null) moved.current = true;
      }}
      nodesDraggable={false}
      nodesConnectable={false}
      nodesFocusable={false}
      edgesFocusable={false}
      elementsSelectable
      deleteKeyCode={null}
      onlyRenderVisibleElements={graph.nodes.length > DRAW_ALL_MAX}
      minZoom={0.05}
      maxZoom={2}
      proOptions={{ hideAttribution: true }}
      aria-label={t('canvas.label')}
      ariaLabelConfig={FLOW_WORDS}
    >
      <Background variant={BackgroundVariant.Dots} gap={22} size={1.4} />
      <Controls
        showInteractive={false}
        fitViewOptions={FIT}
        position="bottom-left"
        onZoomIn={() => (moved.current = true)}
        onZoomOut={() => (moved.current = true)}
        onFitView={() => (moved.current = false)}
      >
        {props.onDirection !== undefined && (
          <ControlButton
            onClick={() => props.onDirection?.(turned)}
            title={turned === 'right' ? t('canvas.layRight') : t('canvas.layDown')}
            aria-label={turned === 'right' ? t('canvas.layRight') : t('canvas.layDown')}
          >
            {turned === 'right' ? <IconArrowsRight /> : <IconArrowsDown />}
          </ControlButton>
        )}
      </Controls>
      <ViewKeeper layout={layout} direction={direction} focus={focus} moved={moved} />
      <CanvasMap layout={layout} />
    </ReactFlow>
  );
}

/** The former graph for as long as the new one has the same parts. */
function useStableGraph(graph: Graph): Graph {
  const key = JSON.stringify([
    graph.nodes.map(({ id, activity }) => [id, activity?.label, activity?.type]),
    graph.edges.map(({ id, label }) => [id, label]),
  ]);
  // eslint-disable-next-line react-hooks/exhaustive-deps -- the key says all that is used of it
  return useMemo(() => graph, [key]);
}

function flowNodes(props: Props, graph: Graph, layout: Layout) {
  const { run, kinds, direction, chosenActivity } = props;
  return graph.nodes.map((node): ActivityFlowNode | LooseFlowNode => {
    const { x = 0, y = 0, width = 0, height = 0 } = layout.boxes.get(node.id) ?? {};
    const place = { id: node.id, position: { x, y }, width, height };
    if (node.activity === undefined) return { ...place, type: 'loose', data: { direction } };
    const { id, type, label } = node.activity;
    const look = kindLook(type, kinds);
    const data = {
      id,
      label: label ?? humanize(id),
      look,
      state: run?.activities.find((each) => each.id === id)?.state,
      delivery: run?.deliveries.find(({ activity }) => activity === id),
      chosen: id === chosenActivity,
      mark: props.marks?.activities.get(id),
      direction,
    };
    return { ...place, type: 'activity', data };
  });
}

function flowEdges(props: Props, graph: Graph, layout: Layout): CountFlowEdge[] {
  const { run, direction, chosenPort, onPort } = props;
  const rows = rowsByEdge(run);
  const states = new Map(run?.activities.map(({ id, state }) => [id, state]));
  const activities = new Map(graph.nodes.map(({ id, activity }) => [id, activity]));
  return graph.edges.map((edge) => {
    const from = activities.get(edge.from);
    const count = rows.get(edge.id);
    const port = { activity: edge.from, port: edge.port };
    return {
      id: edge.id,
      source: edge.from,
      target: edge.to,
      type: 'count',
      markerEnd: { type: MarkerType.ArrowClosed, width: 15, height: 15, color: 'var(--t-edge)' },
      data: {
        route: layout.routes.get(edge.id) ?? { points: [], label: { x: 0, y: 0 } },
        direction,
        portLabel: isNamedPort(edge.port) ? portLabel(from, edge.port) : undefined,
        label: edge.label,
        rows: count,
        loose: edge.loose,
        mark: props.marks?.transitions.get(edge.id),
        chosen: chosenPort?.activity === edge.from && chosenPort.port === edge.port,
        flowing: run?.state === 'running' && states.get(edge.to) === 'running',
        fromLabel: from?.label ?? humanize(edge.from),
        onPick: count === undefined || onPort === undefined ? undefined : () => onPort(port),
      },
    };
  });
}

function activityOf(node: Node): string | undefined {
  return node.type === 'activity' ? node.id : undefined;
}
