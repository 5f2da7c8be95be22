import '@xyflow/react/dist/style.css';
import dagre from '@dagrejs/dagre';
import {
  Background,
  Controls,
  Handle,
  MiniMap,
  Position,
  ReactFlow,
  type Edge,
  type Node,
  type NodeProps,
} from '@xyflow/react';
import { useComputedColorScheme } from '@mantine/core';
import { IconKey, IconUsers } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useMemo, useState, type KeyboardEvent } from 'react';
import { useDimensions } from '@/api/documents';
import type { TableListed } from '@/api/types';
import { FLOW_WORDS } from '@/canvas/flowWords';
import { shownTables } from '@/features/tables/shown';
import { formatCount } from '@/ui/format';
import { SearchInput } from '@/ui/SearchInput';
import classes from '@/features/tables/tables.module.css';
import { t } from '@/i18n';

const WIDTH = 236;
const HEAD = 46;
const LINE = 22;
/** Columns that a table shows in the diagram. */
const COLUMNS_MAX = 8;

interface TableData extends Record<string, unknown> {
  table: TableListed;
  dimensions: string[];
}

interface Props {
  tables: TableListed[];
  /** A link was drawn from one table to another. */
  onLink: (from: string, to: string) => void;
}

/** Tables as boxes with their keys, their links as lines; a line that is drawn becomes a link. */
export function Diagram({ tables, onLink }: Props) {
  const navigate = useNavigate();
  const dimensions = useDimensions();
  const scheme = useComputedColorScheme('light');
  const [wanted, setWanted] = useState('');
  const shown = useMemo(() => shownTables(tables, wanted), [tables, wanted]);
  const { nodes, edges } = useMemo(
    () =>
      laidOut(
        shown,
        new Map(
          shown.map(({ name }) => [
            name,
            dimensions.filter(({ table }) => table === name).map((each) => each.label ?? each.name),
          ]),
        ),
      ),
    [shown, dimensions],
  );
  const open = (table: string) => void navigate({ to: '/tables', search: { table } });
  const openByKey = ({ key, target }: KeyboardEvent) => {
    const node = target instanceof Element ? target.closest('.react-flow__node') : null;
    const id = node?.getAttribute('data-id');
    if (key === 'Enter' && node === target && id) open(id);
  };
  return (
    <div
      className={classes.diagram}
      role="region"
      aria-label={t('diagram.title')}
      onKeyDown={openByKey}
    >
      <div className={classes.find}>
        <SearchInput label={t('diagram.find')} value={wanted} width={220} onChange={setWanted} />
        {shown.length === 0 && <p className={classes.noTables}>{t('diagram.none')}</p>}
      </div>
      <ReactFlow
        // Other tables are brought into view anew.
        key={wanted}
        nodes={nodes}
        edges={edges}
        nodeTypes={NODE_TYPES}
        colorMode={scheme}
        fitView
        minZoom={0.1}
        onConnect={({ source, target }) => source !== target && onLink(source, target)}
        edgesFocusable={false}
        proOptions={{ hideAttribution: true }}
        ariaLabelConfig={FLOW_WORDS}
        onNodeClick={(_, { id }) => open(id)}
      >
        <Background gap={24} />
        <Controls showInteractive={false} />
        {shown.length > 6 && (
          <MiniMap
            pannable
            zoomable
            style={{ width: 150, height: 104 }}
            nodeColor="var(--t-edge)"
            ariaLabel={t('diagram.map')}
          />
        )}
      </ReactFlow>
    </div>
  );
}

const NODE_TYPES = { table: TableNode };

function TableNode({ data }: NodeProps<Node<TableData>>) {
  const { table, dimensions } = data;
  const columns = table.columns.slice(0, COLUMNS_MAX);
  const more = table.columns.length - columns.length;
  return (
    <div className={classes.node} style={{ width: WIDTH }}>
      <Handle type="target" position={Position.Left} />
      <div className={classes.nodeHead}>
        <b>{table.label ?? table.name}</b>
        <span>{formatCount(table.rows)}</span>
      </div>
      {dimensions.length > 0 && (
        <div className={classes.nodeDimension}>
          <IconUsers size={13} aria-hidden /> {dimensions.join(', ')}
        </div>
      )}
      <ul>
        {columns.map(({ name, type }) => (
          <li key={name}>
            {table.primary_key.includes(name) && <IconKey size={12} aria-label={t('word.key')} />}
            <span>{name}</span>
            <i>{type}</i>
          </li>
        ))}
        {more > 0 && <li className={classes.nodeMore}>{t('diagram.more', { n: more })}</li>}
      </ul>
      <Handle type="source" position={Position.Right} />
    </div>
  );
}

function heightOf(table: TableListed, targeted: boolean): number {
  const lines = Math.min(table.columns.length, COLUMNS_MAX + 1);
  return HEAD + lines * LINE + (targeted ? 24 : 0);
}

function laidOut(tables: TableListed[], dimensions: Map<string, string[]>) {
  const plan = new dagre.graphlib.Graph({ multigraph: true });
  plan.setGraph({ rankdir: 'LR', nodesep: 34, ranksep: 110 });
  plan.setDefaultEdgeLabel(() => ({}));
  const known = new Set(tables.map(({ name }) => name));
  for (const table of tables) {
    const targeted = (dimensions.get(table.name) ?? []).length > 0;
    plan.setNode(table.name, { width: WIDTH, height: heightOf(table, targeted) });
  }
  const edges: Edge[] = [];
  for (const { name, links } of tables) {
    for (const link of links) {
      // A link is drawn once, from the end where there is one row.
      const many = link.cardinality === 'one-to-many';
      if (!known.has(link.to) || (!many && hasOther(tables, link.to, name))) continue;
      const id = `${name} ${link.name}`;
      edges.push({
        id,
        source: name,
        target: link.to,
        label: `${link.name} (${many ? '1 : n' : link.cardinality === 'one-to-one' ? '1 : 1' : 'n : 1'})`,
        type: 'smoothstep',
      });
      plan.setEdge(name, link.to, {}, id);
    }
  }
  dagre.layout(plan);
  const nodes = tables.map((table): Node<TableData> => {
    const { x, y, width, height } = plan.node(table.name);
    return {
      id: table.name,
      type: 'table',
      position: { x: x - width / 2, y: y - height / 2 },
      initialWidth: width,
      initialHeight: height,
      data: { table, dimensions: dimensions.get(table.name) ?? [] },
      ariaLabel: t('tables.table', { name: table.label ?? table.name }),
    };
  });
  return { nodes, edges };
}

/** Whether the other table says the same link from its side. */
function hasOther(tables: TableListed[], other: string, name: string): boolean {
  const links = tables.find((table) => table.name === other)?.links ?? [];
  return links.some(({ to, cardinality }) => to === name && cardinality === 'one-to-many');
}
