import { useReactFlow } from '@xyflow/react';
import { useEffect, useRef, type KeyboardEvent } from 'react';
import { transitionsOf } from '@/canvas/edit/document';
import { parsePort } from '@/canvas/graph';
import type { Editor } from '@/features/campaign/useEditor';
import type { EditorWork } from '@/features/campaign/useEditorActions';

interface Given {
  editor: Editor;
  work: EditorWork;
  selection: ReadonlySet<string>;
  onFind: () => void;
  onHelp: () => void;
  onCode: () => void;
}

/** How far Alt and an arrow move an activity. */
const NUDGE = 20;
const ARROWS: Record<string, [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** The keys of the canvas; see the dialog of shortcuts for what they do. */
export function useEditorKeys(given: Given): (event: KeyboardEvent) => void {
  const flow = useReactFlow();
  const now = useRef(given);
  useEffect(() => {
    now.current = given;
  });
  useEffect(() => {
    const onKey = (event: globalThis.KeyboardEvent) => {
      if (document.querySelector('[role="dialog"]') !== null) return;
      if (withControl(event, now.current)) event.preventDefault();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);

  return (event) => {
    const { editor, work, selection } = now.current;
    if (event.ctrlKey || event.metaKey || isTyping(event.target)) return;
    const id = (event.target as Element).getAttribute('data-activity') ?? undefined;
    const arrow = ARROWS[event.key];
    if (arrow !== undefined && id !== undefined) {
      event.preventDefault();
      if (event.altKey) nudge(arrow, [...selection, id], flow, work);
      else goTo(neighbour(arrow, id, editor, flow));
      return;
    }
    const deed = deedOf(event.key, id, now.current, flow);
    if (deed === undefined) return;
    event.preventDefault();
    deed();
  };
}

/** Keys that work wherever one is on the page. */
function withControl(event: globalThis.KeyboardEvent, given: Given): boolean {
  const { editor, work, selection } = given;
  if (!event.ctrlKey && !event.metaKey) return false;
  const key = event.key.toLowerCase();
  if (key === 's') {
    void editor.save();
    return true;
  }
  const typing = isTyping(event.target);
  if (typing) return false;
  switch (key) {
    case 'z':
      if (event.shiftKey) editor.redo();
      else editor.undo();
      return true;
    case 'y':
      editor.redo();
      return true;
    case 'a':
      work.actions.select(editor.document.canvas.activities.map(({ id }) => id));
      return true;
    case 'f':
      given.onFind();
      return true;
    case 'e':
      given.onCode();
      return true;
    case 'c':
      // Words that are marked are what is meant then.
      if (selection.size === 0 || String(window.getSelection()) !== '') return false;
      void work.copy();
      return true;
    case 'x':
      if (selection.size === 0) return false;
      void work.cut();
      return true;
    case 'v':
      void work.paste();
      return true;
    case 'd':
      work.duplicate();
      return true;
    default:
      return false;
  }
}

function deedOf(
  key: string,
  id: string | undefined,
  { editor, work, selection, onFind, onHelp }: Given,
  flow: ReturnType<typeof useReactFlow>,
): (() => void) | undefined {
  const targeted = (deed: () => void) => {
    if (id === undefined && selection.size === 0) return undefined;
    return () => {
      if (id !== undefined && !selection.has(id)) work.actions.select([id]);
      // What is selected has to be known before something is done with it.
      setTimeout(deed);
    };
  };
  switch (key) {
    case 'a':
      return (
        targeted(() => work.actions.add(work.nextSpot())) ??
        (() => work.actions.add({ kind: 'free' }))
      );
    case 'i':
      return id === undefined
        ? undefined
        : () => work.actions.add({ kind: 'before', activity: id });
    case 'Delete':
    case 'Backspace':
      return targeted(() => {
        const next =
          id === undefined
            ? undefined
            : transitionsOf(editor.document).find(({ to }) => to === id)?.from;
        work.remove();
        if (next !== undefined) goTo(parsePort(next).activity);
      });
    case 'e':
      return targeted(() => work.toggle('enabled'));
    case 'b':
      return targeted(() => work.toggle('breakpoint'));
    case 's':
      if (id === undefined) return undefined;
      return () =>
        work.actions.select(
          selection.has(id) ? [...selection].filter((each) => each !== id) : [...selection, id],
        );
    case 'F2':
      return targeted(() => focusSoon('#activity-label'));
    case 'c':
      return targeted(() => focusSoon('input[data-connect]'));
    case '0':
      return () => void flow.fitView({ padding: 0.08, maxZoom: 1.1 });
    case '+':
      return () => void flow.zoomIn();
    case '-':
      return () => void flow.zoomOut();
    case '/':
      return onFind;
    case '?':
      return onHelp;
    case 'Escape':
      return selection.size > 0 ? () => work.actions.select([]) : undefined;
    default:
      return undefined;
  }
}

/** The nearest connected activity in a direction, else the nearest of all. */
function neighbour(
  [dx, dy]: [number, number],
  id: string,
  { document }: Editor,
  flow: ReturnType<typeof useReactFlow>,
): string | undefined {
  const nodes = flow.getNodes();
  const here = nodes.find((node) => node.id === id)?.position;
  if (here === undefined) return undefined;
  const near = new Set(
    transitionsOf(document).flatMap(({ from, to }) => {
      const { activity } = parsePort(from);
      return activity === id ? [to] : to === id ? [activity] : [];
    }),
  );
  const ranked = nodes
    .filter((node) => node.id !== id)
    .map(({ id: other, position }) => {
      const [x, y] = [position.x - here.x, position.y - here.y];
      const ahead = x * dx + y * dy;
      const aside = Math.abs(x * dy) + Math.abs(y * dx);
      return { other, ahead, cost: ahead + 2 * aside + (near.has(other) ? 0 : 2_000) };
    })
    .filter(({ ahead, cost }) => ahead > 10 && cost < 6_000)
    .sort((a, b) => a.cost - b.cost);
  return ranked[0]?.other;
}

function nudge(
  [dx, dy]: [number, number],
  ids: string[],
  flow: ReturnType<typeof useReactFlow>,
  work: EditorWork,
): void {
  const wanted = new Set(ids);
  const moved = flow.getNodes().map(({ id, position: { x, y } }) => {
    const step = wanted.has(id) ? NUDGE : 0;
    return [id, { x: x + dx * step, y: y + dy * step }] as const;
  });
  work.actions.move(Object.fromEntries(moved));
}

function goTo(id: string | undefined): void {
  if (id !== undefined) {
    document.querySelector<HTMLElement>(`[data-activity="${CSS.escape(id)}"]`)?.focus();
  }
}

function focusSoon(selector: string): void {
  setTimeout(() => document.querySelector<HTMLElement>(selector)?.focus(), 60);
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof Element &&
    target.closest(
      'input, textarea, select, [contenteditable="true"], [role="listbox"], [role="menu"]',
    ) !== null
  );
}
