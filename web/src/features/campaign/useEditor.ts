import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { ApiError, apiGet } from '@/api/client';
import { applyDraft, discardDraft, fetchDraft, saveDraft, useForgetCampaign } from '@/api/drafts';
import type { CampaignCheck, CampaignDocument, Draft } from '@/api/types';
import { edit, rebase, redo, startEditing, undo, type Edited } from '@/canvas/edit/history';
import { mergeDocuments, same, type Merged } from '@/canvas/edit/parts';

/** How long nothing is typed before a draft is kept. */
const SETTLE_MS = 600;
/** After a failure, until it is tried again by itself. */
const RETRY_MS = 5_000;

export type SaveState = 'kept' | 'changed' | 'keeping' | 'failed' | 'conflict';

/** What is known to be kept on the server. */
interface Kept {
  document: CampaignDocument;
  revision: number;
  baseVersion: number;
  version: number;
  check: CampaignCheck;
}
/** Somebody else changed what is changed here, and only a person can tell which is right. */
export interface Conflict {
  theirs: Draft;
  merged: Merged;
}

export interface Editor {
  document: CampaignDocument;
  check: CampaignCheck;
  /** The document that `check` is about; the one shown may be a moment ahead. */
  checked: CampaignDocument;
  ports: Record<string, string[]>;
  state: SaveState;
  failure: string | undefined;
  /** Whether there is something that is not in the newest version. */
  dirty: boolean;
  version: number;
  conflict: Conflict | undefined;
  /** Times that changes of somebody else were taken in. */
  mergedTimes: number;
  canUndo: boolean;
  canRedo: boolean;
  change: (make: (document: CampaignDocument) => CampaignDocument, word?: string) => void;
  undo: () => void;
  redo: () => void;
  /** Makes what is on the canvas the newest version; answers whether it is. */
  save: () => Promise<boolean>;
  discard: () => Promise<void>;
  settle: (choice: 'mine' | 'theirs') => void;
}

/** Editing of one campaign: what is changed is kept as a draft by itself, and becomes a version when told. */
export function useEditor(name: string, draft: Draft): Editor {
  const [edited, setEdited] = useState<Edited>(() => startEditing(draft.document));
  const [kept, setKept] = useState<Kept>(() => keptOf(draft, draft.document));
  const [ports, setPorts] = useState(draft.check.ports);
  const [state, setState] = useState<SaveState>('kept');
  const [failure, setFailure] = useState<string>();
  const [conflict, setConflict] = useState<Conflict>();
  const [mergedTimes, setMergedTimes] = useState(0);
  const forget = useForgetCampaign(name);
  const latest = useRef(edited.document);
  const keptNow = useRef(kept);
  const busy = useRef<Promise<void>>(undefined);
  useEffect(() => {
    latest.current = edited.document;
  }, [edited.document]);

  const take = useCallback((next: Kept) => {
    keptNow.current = next;
    setKept(next);
    setPorts((former) => ({ ...former, ...next.check.ports }));
  }, []);

  const meet = useCallback(
    (theirs: Draft, base: CampaignDocument) => {
      const merged = mergeDocuments(base, latest.current, theirs.document);
      if (merged.conflicts.length > 0) {
        setConflict({ theirs, merged });
        setState('conflict');
        return false;
      }
      take(keptOf(theirs, theirs.document));
      latest.current = merged.document;
      setEdited((former) => rebase(former, merged.document));
      setMergedTimes((times) => times + 1);
      return true;
    },
    [take],
  );

  const keep = useCallback(async () => {
    while (!same(latest.current, keptNow.current.document)) {
      const document = latest.current;
      setState('keeping');
      try {
        const { revision, baseVersion } = keptNow.current;
        take(keptOf(await saveDraft(name, document, revision, baseVersion), document));
        setFailure(undefined);
      } catch (error) {
        if (isConflict(error)) {
          const theirs = await fetchDraft(name);
          if (meet(theirs, keptNow.current.document)) continue;
          return;
        }
        setFailure(error instanceof Error ? error.message : String(error));
        setState('failed');
        return;
      }
    }
    setState('kept');
  }, [name, meet, take]);

  /** One keeping at a time; what was changed meanwhile is kept by the same. */
  const flush = useCallback(async () => {
    busy.current ??= keep().finally(() => (busy.current = undefined));
    await busy.current;
  }, [keep]);

  useEffect(() => {
    if (conflict !== undefined || same(edited.document, kept.document)) return undefined;
    const timer = setTimeout(() => void flush(), SETTLE_MS);
    return () => clearTimeout(timer);
  }, [edited.document, kept.document, conflict, flush]);
  useEffect(() => {
    if (state !== 'failed') return undefined;
    const timer = setTimeout(() => void flush(), RETRY_MS);
    return () => clearTimeout(timer);
  }, [state, flush]);
  // What was typed last is kept also when the page is left at once.
  useEffect(() => () => void flush(), [flush]);
  useWarnBeforeLeaving(state !== 'kept' || !same(edited.document, kept.document));

  const change = useCallback<Editor['change']>((make, word) => {
    const atMs = Date.now();
    setEdited((former) => edit(former, make(former.document), atMs, word));
  }, []);

  const save = useCallback(async () => {
    await flush();
    for (let tries = 0; tries < 3; tries += 1) {
      const { revision, document } = keptNow.current;
      if (!same(document, latest.current)) return false;
      if (revision === 0) return true;
      try {
        take(keptOf(await applyDraft(name, revision), document));
        await forget();
        return true;
      } catch (error) {
        if (!isConflict(error)) {
          setFailure(error instanceof Error ? error.message : String(error));
          return false;
        }
        const now = await fetchDraft(name);
        // Either the draft was changed by somebody, or the campaign got a version without it.
        const moved = now.revision === revision;
        const theirs = moved ? await newest(name, now) : now;
        const base = moved ? await versionOf(name, now.base_version) : document;
        if (!meet(theirs, base)) return false;
        await flush();
      }
    }
    return false;
  }, [flush, forget, meet, name, take]);

  const restart = useCallback(
    (from: Draft) => {
      latest.current = from.document;
      setEdited(startEditing(from.document));
      take(keptOf(from, from.document));
      setConflict(undefined);
      setFailure(undefined);
      setState('kept');
    },
    [take],
  );
  const discard = useCallback(async () => {
    await discardDraft(name);
    restart(await fetchDraft(name));
  }, [name, restart]);

  const settle = useCallback(
    (choice: 'mine' | 'theirs') => {
      if (conflict === undefined) return;
      if (choice === 'theirs') return restart(conflict.theirs);
      latest.current = conflict.merged.document;
      setEdited((former) => rebase(former, conflict.merged.document));
      take(keptOf(conflict.theirs, conflict.theirs.document));
      setConflict(undefined);
      setState('changed');
    },
    [conflict, restart, take],
  );

  const changed = !same(edited.document, kept.document);
  return {
    document: edited.document,
    check: kept.check,
    checked: kept.document,
    ports,
    state: changed && state === 'kept' ? 'changed' : state,
    failure,
    dirty: changed || kept.revision > 0,
    version: kept.version,
    conflict,
    mergedTimes,
    canUndo: edited.past.length > 0,
    canRedo: edited.future.length > 0,
    change,
    undo: useCallback(() => setEdited(undo), []),
    redo: useCallback(() => setEdited(redo), []),
    save,
    discard,
    settle,
  };
}

function keptOf(draft: Draft, document: CampaignDocument): Kept {
  const { revision, base_version: baseVersion, version, check } = draft;
  return { document, revision, baseVersion, version, check };
}

function isConflict(error: unknown): boolean {
  return error instanceof ApiError && error.code === 'changed_elsewhere';
}

function versionOf(name: string, version: number): Promise<CampaignDocument> {
  return apiGet<CampaignDocument>(`/documents/campaign/${encodeURIComponent(name)}`, { version });
}

/** The newest version, as what this draft is from now on made from. */
async function newest(name: string, draft: Draft): Promise<Draft> {
  const document = await versionOf(name, draft.version);
  return { ...draft, document, base_version: draft.version };
}

function useWarnBeforeLeaving(unsaved: boolean): void {
  useEffect(() => {
    if (!unsaved) return undefined;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', warn);
    return () => window.removeEventListener('beforeunload', warn);
  }, [unsaved]);
}

/** The dimension of what arrives at an activity, and the columns that were added on the way. */
export function useArrival(editor: Pick<Editor, 'document' | 'check'>, id: string) {
  const { document, check } = editor;
  return useMemo(() => {
    const own = document.canvas.activities.find((activity) => activity.id === id)?.dimension;
    const shapes = (document.canvas.transitions ?? [])
      .filter(({ to }) => to === id)
      .flatMap(({ from }) => {
        const [activity = '', port = 'out'] = from.split('.');
        const shape = check.shapes[activity]?.[port];
        return shape === undefined ? [] : [shape];
      });
    const dimension = typeof own === 'string' && own !== '' ? own : shapes[0]?.dimension;
    return { dimension, added: shapes[0]?.added ?? [] };
  }, [document, check, id]);
}
