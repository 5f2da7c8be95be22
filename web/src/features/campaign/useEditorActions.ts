import { useReactFlow } from '@xyflow/react';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useDocuments } from '@/api/documents';
import type { ActivityKind } from '@/api/types';
import type { CanvasActions } from '@/canvas/edit/actions';
import { clipText, readClip } from '@/canvas/edit/clipboard';
import {
  activityOf,
  addActivity,
  copyActivities,
  moveActivities,
  pasteActivities,
  removeActivities,
  transitionsOf,
  updateActivity,
  withCanvas,
  type Clip,
  type Spot,
} from '@/canvas/edit/document';
import { mainPort, newActivity } from '@/canvas/edit/palette';
import { parsePort, portText } from '@/canvas/graph';
import type { Selection } from '@/features/campaign/EditorView';
import type { CampaignSearch } from '@/features/campaign/search';
import type { Editor } from '@/features/campaign/useEditor';
import { t } from '@/i18n';

/** Also kept here, for tabs where the clipboard cannot be read. */
const KEPT_UNDER = 'tutti-clipboard';
/** Kinds whose port may lead to several activities, so that another one makes a branch. */
const BRANCHING = new Set(['fork']);

export interface EditorWork {
  actions: CanvasActions;
  adding: Spot | undefined;
  stopAdding: () => void;
  notice: string | undefined;
  read: () => void;
  /** How many activities were copied. */
  copied: number;
  copy: () => Promise<void>;
  cut: () => Promise<void>;
  paste: (spot?: Spot) => Promise<void>;
  duplicate: () => void;
  remove: () => void;
  toggle: (field: 'enabled' | 'breakpoint') => void;
  /** Where something goes that is added without a place: behind what is selected. */
  nextSpot: () => Spot;
}

interface Given {
  editor: Editor;
  kinds: ActivityKind[];
  search: CampaignSearch;
  change: (part: Partial<CampaignSearch>) => void;
  selection: Selection;
}

/** What one can do on the canvas. */
export function useEditorActions(given: Given): EditorWork {
  const flow = useReactFlow();
  const now = useRef(given);
  useEffect(() => {
    now.current = given;
  });
  const [adding, setAdding] = useState<Spot>();
  const [notice, setNotice] = useState<string>();
  const [copied, setCopied] = useState(() => readKept()?.activities.length ?? 0);
  const around = useSurroundings();
  const known = useRef(around);
  useEffect(() => {
    known.current = around;
  });

  const select = useCallback((ids: string[]) => {
    const { selection, change, search } = now.current;
    selection.set(ids);
    const only = ids.length === 1 ? ids[0] : undefined;
    const view = search.view === 'problems' && only !== undefined ? undefined : search.view;
    if (search.activity !== only || search.transition !== undefined || search.view !== view) {
      change({ activity: only, transition: undefined, view });
    }
  }, []);

  const nextSpot = useCallback((): Spot => {
    const { editor, selection, kinds } = now.current;
    const [id] = selection.ids.size === 1 ? [...selection.ids] : [];
    const activity = id === undefined ? undefined : activityOf(editor.document, id);
    if (activity === undefined) return { kind: 'free' };
    const spot = freeSpot(editor, kinds, activity.id, activity.type);
    return spot ?? { kind: 'free' };
  }, []);

  const put = useCallback(
    (name: string, spot: Spot) => {
      const { editor, kinds } = now.current;
      const kind = kinds.find((each) => each.kind === name);
      if (kind === undefined) return;
      setAdding(undefined);
      const made = newActivity(kind, { ...known.current, dimension: dimensionAt(editor, spot) });
      const added = addActivity(editor.document, made, settled(editor, spot), mainPort(kind));
      editor.change(() => added.document);
      select(added.ids);
      focusSoon(added.ids[0]);
    },
    [select],
  );

  const actions = useMemo<CanvasActions>(
    () => ({
      add: setAdding,
      put,
      edit: (make, word) => now.current.editor.change(make, word),
      select,
      open: (id) => select([id]),
      openTransition: ({ activity, port, to }) => {
        now.current.selection.set([]);
        now.current.change({
          activity: undefined,
          transition: `${portText({ activity, port })}>${to}`,
        });
      },
      move: (moved) => now.current.editor.change((former) => moveActivities(former, moved)),
      refuse: setNotice,
    }),
    [put, select],
  );

  const copy = useCallback(async () => {
    const { editor, selection } = now.current;
    if (selection.ids.size === 0) return;
    const shown = Object.fromEntries(flow.getNodes().map(({ id, position }) => [id, position]));
    const clip = copyActivities(editor.document, [...selection.ids], shown);
    const text = clipText(clip);
    sessionStorage.setItem(KEPT_UNDER, text);
    localStorage.setItem(KEPT_UNDER, text);
    setCopied(clip.activities.length);
    setNotice(t('canvas.copied', { n: clip.activities.length }));
    await navigator.clipboard?.writeText(text).catch(() => undefined);
  }, [flow]);

  const paste = useCallback(
    async (spot?: Spot) => {
      const { editor } = now.current;
      const clip = (await clipboardClip()) ?? readKept();
      setAdding(undefined);
      if (clip === undefined) return setNotice(t('canvas.nothingToPaste'));
      const pasted = pasteActivities(editor.document, clip, spot ?? { kind: 'free' });
      editor.change(() => pasted.document);
      select(pasted.ids);
      focusSoon(pasted.ids[0]);
    },
    [select],
  );

  const remove = useCallback(() => {
    const { editor, selection, search, change } = now.current;
    if (search.transition !== undefined && selection.ids.size === 0) {
      const [from = '', to = ''] = search.transition.split('>');
      editor.change((former) =>
        withCanvas(former, {
          transitions: transitionsOf(former).filter((each) => each.from !== from || each.to !== to),
        }),
      );
      return change({ transition: undefined });
    }
    const ids = [...selection.ids];
    editor.change((former) => removeActivities(former, ids));
    select([]);
  }, [select]);

  const duplicate = useCallback(() => {
    const { editor, selection } = now.current;
    const shown = Object.fromEntries(flow.getNodes().map(({ id, position }) => [id, position]));
    const clip = copyActivities(editor.document, [...selection.ids], shown);
    if (clip.activities.length === 0) return;
    const pasted = pasteActivities(editor.document, clip, { kind: 'free' });
    editor.change(() => pasted.document);
    select(pasted.ids);
    focusSoon(pasted.ids[0]);
  }, [flow, select]);

  const toggle = useCallback((field: 'enabled' | 'breakpoint') => {
    const { editor, selection } = now.current;
    const ids = [...selection.ids];
    editor.change((former) =>
      ids.reduce((document, id) => {
        const activity = activityOf(document, id);
        const next =
          field === 'enabled'
            ? activity?.enabled === false
              ? undefined
              : false
            : activity?.breakpoint === true
              ? undefined
              : true;
        return updateActivity(document, id, { [field]: next });
      }, former),
    );
  }, []);

  return {
    actions,
    adding,
    stopAdding: useCallback(() => setAdding(undefined), []),
    notice,
    read: useCallback(() => setNotice(undefined), []),
    copied,
    copy,
    cut: useCallback(async () => {
      await copy();
      remove();
    }, [copy, remove]),
    paste,
    duplicate,
    remove,
    toggle,
    nextSpot,
  };
}

/** Behind an activity: on its way out where there is one, else at its first free port. */
function freeSpot(
  editor: Editor,
  kinds: ActivityKind[],
  id: string,
  type: string,
): Spot | undefined {
  const kind = kinds.find((each) => each.kind === type);
  const ports = editor.ports[id] ?? kind?.ports?.map(({ name }) => name) ?? ['out'];
  const out = transitionsOf(editor.document)
    .map(({ from, to }) => ({ ...parsePort(from), to }))
    .filter(({ activity }) => activity === id);
  // What an activity rejects or leaves over has a port as well, but the way goes on at `out`.
  const main = out.filter(({ port }) => port === 'out');
  const on = main.length === 1 && !BRANCHING.has(type) ? main[0] : undefined;
  if (on !== undefined) return { kind: 'on', transition: on };
  const free = ports.find((port) => !out.some((each) => each.port === port));
  if (free !== undefined) return { kind: 'after', port: { activity: id, port: free } };
  const only = out.length === 1 && !BRANCHING.has(type) ? out[0] : undefined;
  if (only !== undefined) return { kind: 'on', transition: only };
  return ports[0] === undefined
    ? undefined
    : { kind: 'after', port: { activity: id, port: ports[0] } };
}

/** A port that leads somewhere already is only added to where that makes sense. */
function settled(editor: Editor, spot: Spot): Spot {
  if (spot.kind !== 'after') return spot;
  const type = activityOf(editor.document, spot.port.activity)?.type ?? '';
  const out = transitionsOf(editor.document)
    .map(({ from, to }) => ({ ...parsePort(from), to }))
    .filter(({ activity, port }) => activity === spot.port.activity && port === spot.port.port);
  const only = out.length === 1 && !BRANCHING.has(type) ? out[0] : undefined;
  return only === undefined ? spot : { kind: 'on', transition: only };
}

function dimensionAt(editor: Editor, spot: Spot): string | undefined {
  const port = spot.kind === 'after' ? spot.port : spot.kind === 'on' ? spot.transition : undefined;
  return port === undefined
    ? undefined
    : editor.check.shapes[port.activity]?.[port.port]?.dimension;
}

function useSurroundings() {
  const dimensions = useDocuments('dimension').data?.map(({ name }) => name) ?? [];
  const channels = useDocuments('channel').data?.map(({ name }) => name) ?? [];
  return { dimensions, channels };
}

function readKept(): Clip | undefined {
  const text = sessionStorage.getItem(KEPT_UNDER) ?? localStorage.getItem(KEPT_UNDER);
  return text === null ? undefined : readClip(text);
}

async function clipboardClip(): Promise<Clip | undefined> {
  const text = await navigator.clipboard?.readText?.().catch(() => undefined);
  return text === undefined ? undefined : readClip(text);
}

/** So that the keyboard goes on at what was just made. */
function focusSoon(id: string | undefined): void {
  if (id === undefined) return;
  const deadline = performance.now() + 1_000;
  const look = () => {
    const button = document.querySelector<HTMLElement>(`[data-activity="${CSS.escape(id)}"]`);
    if (button !== null && document.querySelector('[role="dialog"]') === null)
      return button.focus({ preventScroll: true });
    if (performance.now() < deadline) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}
