import { useId, useState, type DragEvent } from 'react';
import type { Spot } from '@/rules/arrange';

/** How near to the edge of a group one drops beside it and not into it, in pixels. */
const EDGE = 8;

/** A part of one builder that is dragged, and where it would go. Builders inside of it have their own parts. */
export function useDragged(onMove: (from: number[], to: Spot) => void) {
  const builder = useId();
  const [from, setFrom] = useState<number[]>();
  const [spot, setSpot] = useState<Spot>();
  const end = () => {
    setFrom(undefined);
    setSpot(undefined);
  };
  return {
    spot,
    start: setFrom,
    end,
    /** On which side of the part at `path` the dragged one would go. */
    dropAt: (path: number[]) =>
      spot !== undefined && spot.place !== 'inside' && String(spot.path) === String(path)
        ? spot.place
        : undefined,
    /** What the element around the builder takes. */
    area: {
      'data-builder': builder,
      onDragOver: (event: DragEvent) => {
        if (from === undefined) return;
        const over = spotOf(event, builder);
        setSpot(over);
        if (over === undefined) return;
        event.preventDefault();
        event.stopPropagation();
      },
      onDrop: (event: DragEvent) => {
        if (from === undefined) return;
        event.preventDefault();
        event.stopPropagation();
        const over = spotOf(event, builder);
        if (over !== undefined) onMove(from, over);
        end();
      },
    },
  };
}

function spotOf(event: DragEvent, builder: string): Spot | undefined {
  let element = (event.target as Element).closest<HTMLElement>('[data-path]');
  // What is inside a condition on linked rows counts as that condition.
  while (element && element.closest<HTMLElement>('[data-builder]')?.dataset.builder !== builder) {
    element = element.parentElement?.closest<HTMLElement>('[data-path]') ?? null;
  }
  if (!element) return undefined;
  const path = JSON.parse(element.dataset.path ?? '[]') as number[];
  const { top, height } = element.getBoundingClientRect();
  const depth = event.clientY - top;
  if (element.dataset.ruleGroupId === undefined) {
    return { path, place: depth < height / 2 ? 'before' : 'after' };
  }
  if (path.length === 0 || (depth > EDGE && depth < height - EDGE))
    return { path, place: 'inside' };
  return { path, place: depth <= EDGE ? 'before' : 'after' };
}
