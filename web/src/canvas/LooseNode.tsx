import { Handle, Position, type Node, type NodeProps } from '@xyflow/react';
import type { Direction } from '@/canvas/layout';
import classes from '@/canvas/canvas.module.css';
import { t } from '@/i18n';

export type LooseFlowNode = Node<{ direction: Direction }, 'loose'>;

/** Where a port ends that nothing is connected to. */
export function LooseNode({ data }: NodeProps<LooseFlowNode>) {
  return (
    <>
      <Handle
        type="target"
        position={data.direction === 'down' ? Position.Top : Position.Left}
        isConnectable={false}
        className={classes.handle}
      />
      <span className={classes.loose} title={t('canvas.loose')} />
    </>
  );
}
