import { MiniMap, useStore, type Node } from '@xyflow/react';
import type { ActivityFlowNode } from '@/canvas/ActivityNode';
import type { Layout } from '@/canvas/layout';
import { isMapInTheWay } from '@/canvas/view';
import { t } from '@/i18n';

const SIZE = { width: 150, height: 104 };
/** A canvas lower than this has no room for a map. */
const ROOM_HEIGHT_MIN = 480;

/** The whole picture in small, as long as it does not cover what is seen anyway. */
export function CanvasMap({ layout }: { layout: Layout }) {
  const hidden = useStore(({ transform: [x, y, zoom], width, height }) => {
    const room = { width, height };
    if (height < ROOM_HEIGHT_MIN) return true;
    return isMapInTheWay([...layout.boxes.values()], { x, y, zoom }, room, SIZE);
  });
  if (hidden) return null;
  return (
    <MiniMap
      pannable
      zoomable
      position="bottom-right"
      nodeColor={colorOf}
      ariaLabel={t('canvas.map')}
      style={SIZE}
    />
  );
}

function colorOf(node: Node): string {
  if (node.type !== 'activity' && node.type !== 'edit') return 'transparent';
  const { look } = node.data as ActivityFlowNode['data'];
  return `var(--t-${look.category ?? 'neutral'})`;
}
