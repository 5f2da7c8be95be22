import { useReactFlow, useStore } from '@xyflow/react';
import { useEffect, type RefObject } from 'react';
import type { Direction, Layout } from '@/canvas/layout';
import { firstView, shiftInto } from '@/canvas/view';

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
  const { setViewport, getViewport } = useReactFlow();
  const pane = useStore((store) => store.domNode);
  const width = useStore((store) => store.width);
  const height = useStore((store) => store.height);
  useEffect(() => {
    if (moved.current || width === 0 || height === 0 || layout.boxes.size === 0) return;
    const inFocus = focus === undefined ? undefined : layout.boxes.get(focus);
    void setViewport(firstView([...layout.boxes.values()], { width, height }, direction, inFocus));
  }, [width, height, layout, direction, focus, moved, setViewport]);
  useEffect(() => {
    if (pane === null) return undefined;
    // The library undoes the browser's own scrolling, so that focus has to be followed here.
    const follow = ({ target }: FocusEvent) => {
      if (!(target instanceof Element) || !target.matches(':focus-visible')) return;
      requestAnimationFrame(() => {
        const shift = shiftInto(target.getBoundingClientRect(), pane.getBoundingClientRect());
        if (shift.x === 0 && shift.y === 0) return;
        const { x, y, zoom } = getViewport();
        void setViewport({ x: x + shift.x, y: y + shift.y, zoom });
      });
    };
    pane.addEventListener('focusin', follow);
    return () => pane.removeEventListener('focusin', follow);
  }, [pane, getViewport, setViewport]);
  return null;
}
