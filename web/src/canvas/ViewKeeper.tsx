import { useReactFlow, useStore } from '@xyflow/react';
import { useEffect, type RefObject } from 'react';
import type { Direction, Layout } from '@/canvas/layout';
import { firstView } from '@/canvas/view';

interface Props {
  layout: Layout;
  direction: Direction;
  /** The part to be in sight. */
  focus: string | undefined;
  /** Whether the reader has moved the picture; then it stays where it is. */
  moved: RefObject<boolean>;
}

/** Chooses what is seen, at first and when the room for the picture changes. */
export function ViewKeeper({ layout, direction, focus, moved }: Props) {
  const { setViewport } = useReactFlow();
  const width = useStore((store) => store.width);
  const height = useStore((store) => store.height);
  useEffect(() => {
    if (moved.current || width === 0 || height === 0 || layout.boxes.size === 0) return;
    const inFocus = focus === undefined ? undefined : layout.boxes.get(focus);
    void setViewport(firstView([...layout.boxes.values()], { width, height }, direction, inFocus));
  }, [width, height, layout, direction, focus, moved, setViewport]);
  return null;
}
