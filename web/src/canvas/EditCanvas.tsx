import {
  Background,
  BackgroundVariant,
  ConnectionLineType,
  Controls,
  ReactFlow,
  SelectionMode,
  useReactFlow,
  useStore,
  type Connection,
  type EdgeChange,
  type FinalConnectionState,
  type NodeChange,
  type Viewport,
} from '@xyflow/react';
import '@xyflow/react/dist/style.css';
import {
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
  type DragEvent,
  type RefObject,
} from 'react';
import type { ActivityKind, CampaignDocument, RunSummary } from '@/api/types';
import { CanvasMap } from '@/canvas/CanvasMap';
import { EditEdge, type EditFlowEdge } from '@/canvas/EditEdge';
import { EditNode, type EditFlowNode } from '@/canvas/EditNode';
import { useCanvasActions } from '@/canvas/edit/actions';
import {
  arrange,
  connect,
  moveActivities,
  whyNotConnect,
  type Positions,
  type Spot,
  type TransitionRef,
} from '@/canvas/edit/document';
import { flowEdges, flowNodes, makeCache, type EditPicture } from '@/canvas/edit/flow';
import type { Trouble } from '@/canvas/edit/words';
import { FLOW_WORDS } from '@/canvas/flowWords';
import { buildGraph, edgeId } from '@/canvas/graph';
import { layoutGraph, type Direction } from '@/canvas/layout';
import { ViewKeeper } from '@/canvas/ViewKeeper';
import { shiftInto } from '@/canvas/view';
import { t } from '@/i18n';
import classes from '@/canvas/canvas.module.css';

/** The type of what is dragged from the palette. */
export const DRAGGED_KIND = 'application/x-tutti-kind';
const NODE_TYPES = { edit: EditNode };
const EDGE_TYPES = { edit: EditEdge };
/** From this many activities on, only those in view are drawn. */
const DRAW_ALL_MAX = 150;
/** Below this size, words cannot be read. */
const ZOOM_WORDS = 0.32;
/** How near to an activity a transition may be let go to reach it. */
const CONNECT_WITHIN = 60;

interface Props {
  document: CampaignDocument;
  ports: Record<string, string[]>;
  kinds: ActivityKind[] | undefined;
  run: RunSummary | undefined;
  trouble: Map<string, Trouble>;
  selection: ReadonlySet<string>;
  /** Activities that a search found. */
  found: ReadonlySet<string>;
  chosenTransition: TransitionRef | undefined;
  colorScheme: 'light' | 'dark';
  direction: Direction;
  /** Whether a drag over the ground selects instead of moving the picture. */
  selecting: boolean;
}

/** A campaign's canvas to work on. */
export function EditCanvas(props: Props) {
  const { document, direction, selection, chosenTransition } = props;
  const actions = useCanvasActions();
  const flow = useReactFlow();
  const moved = useRef(false);
  const [moving, setMoving] = useState<Positions>({});
  const [cache] = useState(makeCache);
  const layout = useLayout(document, direction);
  const picture: EditPicture = { ...props, layout };
  const base = flowNodes(picture, cache);
  const nodes = withMoving(base, moving);
  const movingKey = Object.keys(moving).sort().join(' ');
  const chosenEdge =
    chosenTransition &&
    edgeId(chosenTransition.activity, chosenTransition.port, chosenTransition.to);
  const edges = flowEdges(picture, cache, movingKey, chosenEdge);
  const byHand = document.canvas.positions !== undefined;

  const onNodesChange = useCallback(
    (changes: NodeChange<EditFlowNode>[]) => {
      const next = new Set(selection);
      const places: Positions = {};
      for (const change of changes) {
        if (change.type === 'select') {
          if (change.selected) next.add(change.id);
          else next.delete(change.id);
        }
        if (change.type === 'position' && change.dragging === true && change.position) {
          places[change.id] = change.position;
        }
      }
      if (Object.keys(places).length > 0) setMoving(places);
      if (next.size !== selection.size || [...next].some((id) => !selection.has(id))) {
        actions.select([...next]);
      }
    },
    [actions, selection],
  );
  const onMoved = () => {
    moved.current = true;
    const all = Object.fromEntries([...layout.boxes].map(([id, { x, y }]) => [id, { x, y }]));
    const to = moving;
    setMoving({});
    if (Object.keys(to).length === 0) return;
    actions.edit((former) =>
      byHand ? moveActivities(former, to) : arrange(former, { ...all, ...to }),
    );
  };
  const tryConnect = (from: { activity: string; port: string }, to: string) => {
    const obstacle = whyNotConnect(document, from, to);
    if (obstacle !== undefined) actions.refuse(t(`canvas.cannotConnect.${obstacle}`));
    else actions.edit((former) => connect(former, from, to));
  };
  const onConnectEnd = (event: MouseEvent | TouchEvent, state: FinalConnectionState) => {
    const from = state.fromHandle;
    if (state.isValid === true || from?.type !== 'source') return;
    const port = { activity: from.nodeId, port: from.id ?? 'out' };
    const under = elementAt(event)?.closest('[data-activity]')?.getAttribute('data-activity');
    if (under) tryConnect(port, under);
    else actions.add({ kind: 'after', port });
  };
  const onDrop = (event: DragEvent) => {
    const kind = event.dataTransfer.getData(DRAGGED_KIND);
    if (kind === '') return;
    event.preventDefault();
    actions.put(kind, spotOfDrop(event, document, flow.screenToFlowPosition));
  };

  return (
    <ReactFlow
      className={classes.flow}
      colorMode={props.colorScheme}
      nodes={nodes}
      edges={edges}
      nodeTypes={NODE_TYPES}
      edgeTypes={EDGE_TYPES}
      onNodesChange={onNodesChange}
      onEdgesChange={ignoreEdges}
      onNodeClick={(event, node) => {
        moved.current = true;
        if (!event.shiftKey && !event.metaKey && !event.ctrlKey) actions.open(node.id);
      }}
      onEdgeClick={(_, edge) => edge.data && actions.openTransition(edge.data.transition)}
      onPaneClick={() => actions.select([])}
      onNodeDragStop={onMoved}
      onSelectionDragStop={onMoved}
      onConnect={({ source, sourceHandle, target }) =>
        tryConnect({ activity: source, port: sourceHandle ?? 'out' }, target)
      }
      onConnectEnd={onConnectEnd}
      isValidConnection={(connection) => isConnectable(document, connection)}
      onDragOver={(event) => {
        event.preventDefault();
        event.dataTransfer.dropEffect = 'copy';
      }}
      onDrop={onDrop}
      onMoveStart={(event) => {
        if (event !== null) moved.current = true;
      }}
      connectionRadius={CONNECT_WITHIN}
      connectionLineType={ConnectionLineType.Bezier}
      nodesFocusable={false}
      edgesFocusable={false}
      disableKeyboardA11y
      selectNodesOnDrag={false}
      nodeDragThreshold={3}
      multiSelectionKeyCode={['Shift', 'Meta', 'Control']}
      selectionKeyCode="Shift"
      selectionOnDrag={props.selecting}
      selectionMode={SelectionMode.Partial}
      panOnDrag={props.selecting ? [1, 2] : true}
      panActivationKeyCode={null}
      zoomOnDoubleClick={false}
      deleteKeyCode={null}
      onlyRenderVisibleElements={base.length > DRAW_ALL_MAX}
      elevateNodesOnSelect={false}
      minZoom={0.05}
      maxZoom={2}
      proOptions={{ hideAttribution: true }}
      aria-label={t('canvas.label')}
      ariaLabelConfig={FLOW_WORDS}
    >
      <Background variant={BackgroundVariant.Dots} gap={22} size={1.4} />
      <Controls
        showInteractive={false}
        fitViewOptions={{ padding: 0.08, maxZoom: 1.1 }}
        position="bottom-left"
        onZoomIn={() => (moved.current = true)}
        onZoomOut={() => (moved.current = true)}
        aria-label={t('toolbar.view')}
      />
      <ViewKeeper
        layout={layout}
        direction={direction}
        focus={selection.size === 1 ? [...selection][0] : undefined}
        moved={moved}
      />
      <Detail />
      <SelectedInSight selection={selection} moved={moved} />
      <CanvasMap layout={layout} />
    </ReactFlow>
  );
}

/** From afar, shadows and words that nobody can read are left out, so that large pictures move smoothly. */
function Detail() {
  const pane = useStore((store) => store.domNode);
  const far = useStore(({ transform }) => transform[2] < ZOOM_WORDS);
  useEffect(() => {
    pane?.toggleAttribute('data-far', far);
  }, [pane, far]);
  return null;
}

/** Brings what was chosen back into sight when a panel opens beside the canvas. */
function SelectedInSight({
  selection,
  moved,
}: {
  selection: ReadonlySet<string>;
  moved: RefObject<boolean>;
}) {
  const { getViewport, setViewport } = useReactFlow();
  const pane = useStore((store) => store.domNode);
  const width = useStore((store) => store.width);
  const only = selection.size === 1 ? [...selection][0] : undefined;
  useEffect(() => {
    // Until the reader moves the picture, what is seen follows the room that there is.
    if (pane === null || only === undefined || !moved.current) return;
    const node = pane.querySelector(`[data-activity="${CSS.escape(only)}"]`);
    if (node === null) return;
    const shift = shiftInto(node.getBoundingClientRect(), pane.getBoundingClientRect());
    if (shift.x === 0 && shift.y === 0) return;
    const { x, y, zoom } = getViewport();
    void setViewport({ x: x + shift.x, y: y + shift.y, zoom }, { duration: 150 });
  }, [only, width, pane, moved, getViewport, setViewport]);
  return null;
}

/** Arranges anew only when what is on the canvas changes, not with each word in it. */
function useLayout(document: CampaignDocument, direction: Direction) {
  const { activities, transitions = [], positions } = document.canvas;
  const key = JSON.stringify([
    activities.map(({ id }) => id),
    transitions.map(({ from, to, label }) => [from, to, label]),
  ]);
  return useMemo(
    () => layoutGraph(buildGraph(document, {}, undefined), direction, positions),
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the key says all that is used of the document
    [key, positions, direction],
  );
}

function withMoving(nodes: EditFlowNode[], moving: Positions): EditFlowNode[] {
  if (Object.keys(moving).length === 0) return nodes;
  return nodes.map((node) => {
    const position = moving[node.id];
    return position === undefined ? node : { ...node, position, dragging: true };
  });
}

function isConnectable(
  document: CampaignDocument,
  { source, sourceHandle, target }: Connection | EditFlowEdge,
): boolean {
  const from = { activity: source, port: sourceHandle ?? 'out' };
  return whyNotConnect(document, from, target) === undefined;
}

function elementAt(event: MouseEvent | TouchEvent): Element | null {
  const at = 'changedTouches' in event ? event.changedTouches[0] : event;
  return at === undefined ? null : globalThis.document.elementFromPoint(at.clientX, at.clientY);
}

/** On a transition, after an activity, or where the pointer is. */
function spotOfDrop(
  event: DragEvent,
  document: CampaignDocument,
  toFlow: (at: { x: number; y: number }) => Viewport | { x: number; y: number },
): Spot {
  const under = globalThis.document.elementFromPoint(event.clientX, event.clientY);
  const edge =
    under?.closest('.react-flow__edge')?.getAttribute('data-id') ??
    under?.closest('[data-transition]')?.getAttribute('data-transition');
  const transition = (document.canvas.transitions ?? [])
    .map(({ from, to }) => {
      const [activity = '', port = 'out'] = from.split('.');
      return { activity, port, to };
    })
    .find((each) => edgeId(each.activity, each.port, each.to) === edge);
  if (transition !== undefined) return { kind: 'on', transition };
  const { x, y } = toFlow({ x: event.clientX, y: event.clientY });
  return { kind: 'free', at: { x: x - 122, y: y - 33 } };
}

/** Which transition is chosen is kept in the address. */
function ignoreEdges(_: EdgeChange<EditFlowEdge>[]): void {
  // Nothing else of a transition is the library's to change.
}
