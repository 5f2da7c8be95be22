import { useCallback, useEffect, useRef, useState } from 'react';
import { ApiError } from '@/api/client';

/** After a failure, until it is tried again by itself. */
const RETRY_MS = 5_000;
/** Times that a version is made anew when somebody was faster. */
const TRIES = 3;

/** `kept`: the server has all that is shown. */
export type SaveState = 'kept' | 'changed' | 'keeping' | 'failed' | 'conflict';

/** A draft as the server has it. */
export interface DraftOf<D> {
  document: D;
  /** 0: nothing was changed since the newest version. */
  revision: number;
  base_version: number;
  version: number;
}
export interface MergedOf<D> {
  document: D;
  /** What both changed in different ways; mine was taken. */
  conflicts: string[];
}
/** The document that is edited, with the way back and forth. */
export interface HistoryOf<D> {
  document: D;
  past: unknown[];
  future: unknown[];
}

/** Where drafts are kept. */
export interface DraftStore<D, R extends DraftOf<D>> {
  fetch: () => Promise<R>;
  save: (document: D, revision: number, baseVersion: number) => Promise<R>;
  /** Makes the draft the newest version. */
  apply: (revision: number) => Promise<R>;
  discard: () => Promise<void>;
  version: (version: number) => Promise<D>;
  /** To be called when there is a new version. */
  forget: () => Promise<void>;
}
/** How documents of this kind are compared, brought together and changed. */
export interface DraftWays<D, E extends HistoryOf<D>> {
  settleMs: number;
  same: (a: D, b: D) => boolean;
  merge: (base: D, mine: D, theirs: D) => MergedOf<D>;
  start: (document: D) => E;
  edit: (edited: E, document: D, nowMs: number, word?: string) => E;
  undo: (edited: E) => E;
  redo: (edited: E) => E;
  /** Takes what somebody else made of the document; one's own way back stays. */
  rebase: (edited: E, document: D) => E;
}

export interface KeptDraft<D, R> {
  document: D;
  /** What the server said last; the document that is shown may be a moment ahead. */
  reply: R;
  /** The document that `reply` is about. */
  keptDocument: D;
  state: SaveState;
  failure: string | undefined;
  /** Whether there is something that is not in the newest version. */
  dirty: boolean;
  version: number;
  /** Somebody else changed what is changed here, and only a person can tell which is right. */
  conflict: { theirs: R; merged: MergedOf<D> } | undefined;
  /** Times that changes of somebody else were taken in. */
  mergedTimes: number;
  canUndo: boolean;
  canRedo: boolean;
  /** Edits with the same `word` that follow each other closely are undone together. */
  change: (make: (document: D) => D, word?: string) => void;
  undo: () => void;
  redo: () => void;
  /** Makes what is shown the newest version; answers whether it is. */
  save: () => Promise<boolean>;
  discard: () => Promise<void>;
  settle: (choice: 'mine' | 'theirs') => void;
  /** Takes what the server has now, as after an older version was restored. */
  reload: () => Promise<void>;
}

interface Kept<D, R> {
  document: D;
  reply: R;
}

/**
 * Editing of one document: what is changed is kept as a draft by itself, and becomes a version when told. `store` and
 * `ways` have to stay the same objects.
 */
export function useKeptDraft<D, R extends DraftOf<D>, E extends HistoryOf<D>>(
  draft: R,
  store: DraftStore<D, R>,
  ways: DraftWays<D, E>,
): KeptDraft<D, R> {
  const [edited, setEdited] = useState<E>(() => ways.start(draft.document));
  const [kept, setKept] = useState<Kept<D, R>>({ document: draft.document, reply: draft });
  const [state, setState] = useState<SaveState>('kept');
  const [failure, setFailure] = useState<string>();
  const [conflict, setConflict] = useState<KeptDraft<D, R>['conflict']>();
  const [mergedTimes, setMergedTimes] = useState(0);
  const latest = useRef(edited.document);
  const keptNow = useRef(kept);
  const busy = useRef<Promise<void>>(undefined);
  useEffect(() => {
    latest.current = edited.document;
  }, [edited.document]);

  const take = useCallback((reply: R, document: D) => {
    keptNow.current = { reply, document };
    setKept(keptNow.current);
  }, []);

  const meet = useCallback(
    (theirs: R, base: D) => {
      const merged = ways.merge(base, latest.current, theirs.document);
      if (merged.conflicts.length > 0) {
        setConflict({ theirs, merged });
        setState('conflict');
        return false;
      }
      take(theirs, theirs.document);
      latest.current = merged.document;
      setEdited((former) => ways.rebase(former, merged.document));
      setMergedTimes((times) => times + 1);
      return true;
    },
    [take, ways],
  );

  const keep = useCallback(async () => {
    while (!ways.same(latest.current, keptNow.current.document)) {
      const document = latest.current;
      setState('keeping');
      try {
        const { revision, base_version } = keptNow.current.reply;
        take(await store.save(document, revision, base_version), document);
        setFailure(undefined);
      } catch (error) {
        if (isConflict(error)) {
          if (meet(await store.fetch(), keptNow.current.document)) continue;
          return;
        }
        setFailure(wordsOf(error));
        setState('failed');
        return;
      }
    }
    setState('kept');
  }, [meet, store, take, ways]);

  /** One keeping at a time; what was changed meanwhile is kept by the same. */
  const flush = useCallback(async () => {
    busy.current ??= keep().finally(() => (busy.current = undefined));
    await busy.current;
  }, [keep]);

  const changed = !ways.same(edited.document, kept.document);
  useEffect(() => {
    if (conflict !== undefined || !changed) return undefined;
    const timer = setTimeout(() => void flush(), ways.settleMs);
    return () => clearTimeout(timer);
  }, [edited.document, changed, conflict, flush, ways]);
  useEffect(() => {
    if (state !== 'failed') return undefined;
    const timer = setTimeout(() => void flush(), RETRY_MS);
    return () => clearTimeout(timer);
  }, [state, flush]);
  // What was typed last is kept also when the page is left at once.
  useEffect(() => () => void flush(), [flush]);
  useWarnBeforeLeaving(state !== 'kept' || changed);

  const restart = useCallback(
    (from: R) => {
      latest.current = from.document;
      setEdited(ways.start(from.document));
      take(from, from.document);
      setConflict(undefined);
      setFailure(undefined);
      setState('kept');
    },
    [take, ways],
  );
  const reload = useCallback(async () => {
    restart(await store.fetch());
    await store.forget();
  }, [restart, store]);
  const discard = useCallback(async () => {
    await store.discard();
    await reload();
  }, [reload, store]);

  const save = useCallback(async () => {
    await flush();
    for (let tries = 0; tries < TRIES; tries += 1) {
      const { document, reply } = keptNow.current;
      if (!ways.same(document, latest.current)) return false;
      if (reply.revision === 0) return true;
      try {
        take(await store.apply(reply.revision), document);
        await store.forget();
        return true;
      } catch (error) {
        if (!isConflict(error)) {
          setFailure(wordsOf(error));
          return false;
        }
        const { theirs, base } = await whatIsThere(store, reply.revision, document);
        if (!meet(theirs, base)) return false;
        await flush();
      }
    }
    return false;
  }, [flush, meet, store, take, ways]);

  const settle = useCallback(
    (choice: 'mine' | 'theirs') => {
      if (conflict === undefined) return;
      const { theirs, merged } = conflict;
      if (choice === 'theirs') return restart(theirs);
      latest.current = merged.document;
      setEdited((former) => ways.rebase(former, merged.document));
      take(theirs, theirs.document);
      setConflict(undefined);
      setState('changed');
    },
    [conflict, restart, take, ways],
  );

  return {
    document: edited.document,
    reply: kept.reply,
    keptDocument: kept.document,
    state: changed && state === 'kept' ? 'changed' : state,
    failure,
    dirty: changed || kept.reply.revision > 0,
    version: kept.reply.version,
    conflict,
    mergedTimes,
    canUndo: edited.past.length > 0,
    canRedo: edited.future.length > 0,
    change: useCallback<KeptDraft<D, R>['change']>(
      (make, word) => {
        const atMs = Date.now();
        setEdited((former) => ways.edit(former, make(former.document), atMs, word));
      },
      [ways],
    ),
    undo: useCallback(() => setEdited(ways.undo), [ways]),
    redo: useCallback(() => setEdited(ways.redo), [ways]),
    save,
    discard,
    settle,
    reload,
  };
}

/** What to bring together with: either somebody changed the draft, or there is a newer version without it. */
async function whatIsThere<D, R extends DraftOf<D>>(
  store: DraftStore<D, R>,
  revision: number,
  document: D,
): Promise<{ theirs: R; base: D }> {
  const now = await store.fetch();
  if (now.revision !== revision) return { theirs: now, base: document };
  const newest = await store.version(now.version);
  return {
    theirs: { ...now, document: newest, base_version: now.version },
    base: await store.version(now.base_version),
  };
}

function isConflict(error: unknown): boolean {
  return error instanceof ApiError && error.code === 'changed_elsewhere';
}

/** What is wrong, with the single things where there are some. */
function wordsOf(error: unknown): string {
  if (error instanceof ApiError && error.items.length > 0) {
    return error.items.map(({ message }) => message).join('; ');
  }
  return error instanceof Error ? error.message : String(error);
}

function useWarnBeforeLeaving(unsaved: boolean): void {
  useEffect(() => {
    if (!unsaved) return undefined;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', warn);
    return () => window.removeEventListener('beforeunload', warn);
  }, [unsaved]);
}
