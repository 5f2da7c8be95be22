import { useCallback, useEffect, useRef, useState } from 'react';
import { ApiError } from '@/api/client';
import {
  applyContentDraft,
  discardContentDraft,
  fetchContent,
  fetchContentDraft,
  saveContentDraft,
  useForgetContents,
  type ContentDocument,
  type ContentDraft,
} from '@/api/contents';
import {
  mergeContents,
  sameDocument,
  withoutNothing,
  type Merged,
} from '@/features/contents/merge';

/** How long nothing is typed before a draft is kept. */
const SETTLE_MS = 700;
/** After a failure, until it is tried again by itself. */
const RETRY_MS = 5_000;
/** Changes of one kind within this time are undone together. */
const TOGETHER_MS = 1_200;
const PAST_MAX = 200;

export type SaveState = 'kept' | 'changed' | 'keeping' | 'failed' | 'conflict';

interface Edited {
  document: ContentDocument;
  past: ContentDocument[];
  future: ContentDocument[];
  word: string;
  at: number;
}
interface Kept {
  document: ContentDocument;
  revision: number;
  baseVersion: number;
  version: number;
}

export interface ContentEditor {
  document: ContentDocument;
  state: SaveState;
  failure: string | undefined;
  /** Whether there is something that is not in the newest version. */
  dirty: boolean;
  version: number;
  conflict: { theirs: ContentDraft; merged: Merged } | undefined;
  canUndo: boolean;
  canRedo: boolean;
  change: (part: Partial<ContentDocument>, word: string) => void;
  undo: () => void;
  redo: () => void;
  /** Makes what is shown the newest version; answers whether it is. */
  save: () => Promise<boolean>;
  discard: () => Promise<void>;
  settle: (choice: 'mine' | 'theirs') => void;
  /** Takes what the server has now, as after an older version was restored. */
  reload: () => Promise<void>;
}

/** Editing of one content: what is changed is kept as a draft by itself, and becomes a version when told. */
export function useContentEditor(draft: ContentDraft): ContentEditor {
  const { kind, name } = draft.document;
  const [edited, setEdited] = useState<Edited>(() => start(draft.document));
  const [kept, setKept] = useState<Kept>(() => keptOf(draft, draft.document));
  const [state, setState] = useState<SaveState>('kept');
  const [failure, setFailure] = useState<string>();
  const [conflict, setConflict] = useState<ContentEditor['conflict']>();
  const forget = useForgetContents();
  const latest = useRef(edited.document);
  const keptNow = useRef(kept);
  const busy = useRef<Promise<void>>(undefined);
  useEffect(() => {
    latest.current = edited.document;
  }, [edited.document]);

  const take = useCallback((next: Kept) => {
    keptNow.current = next;
    setKept(next);
  }, []);
  const meet = useCallback(
    (theirs: ContentDraft, base: ContentDocument) => {
      const merged = mergeContents(base, latest.current, theirs.document);
      if (merged.conflicts.length > 0) {
        setConflict({ theirs, merged });
        setState('conflict');
        return false;
      }
      take(keptOf(theirs, theirs.document));
      latest.current = merged.document;
      setEdited((former) => ({ ...former, document: merged.document }));
      return true;
    },
    [take],
  );
  const keep = useCallback(async () => {
    while (!sameDocument(latest.current, keptNow.current.document)) {
      const document = latest.current;
      setState('keeping');
      try {
        const { revision, baseVersion } = keptNow.current;
        take(keptOf(await saveContentDraft(document, revision, baseVersion), document));
        setFailure(undefined);
      } catch (error) {
        if (isConflict(error)) {
          if (meet(await fetchContentDraft(kind, name), keptNow.current.document)) continue;
          return;
        }
        setFailure(wordsOf(error));
        setState('failed');
        return;
      }
    }
    setState('kept');
  }, [kind, name, meet, take]);
  /** One keeping at a time; what was changed meanwhile is kept by the same. */
  const flush = useCallback(async () => {
    busy.current ??= keep().finally(() => (busy.current = undefined));
    await busy.current;
  }, [keep]);

  const changed = !sameDocument(edited.document, kept.document);
  useEffect(() => {
    if (conflict !== undefined || !changed) return undefined;
    const timer = setTimeout(() => void flush(), SETTLE_MS);
    return () => clearTimeout(timer);
  }, [edited.document, changed, conflict, flush]);
  useEffect(() => {
    if (state !== 'failed') return undefined;
    const timer = setTimeout(() => void flush(), RETRY_MS);
    return () => clearTimeout(timer);
  }, [state, flush]);
  // What was typed last is kept also when the page is left at once.
  useEffect(() => () => void flush(), [flush]);
  useWarnBeforeLeaving(state !== 'kept' || changed);

  const restart = useCallback(
    (from: ContentDraft) => {
      latest.current = from.document;
      setEdited(start(from.document));
      take(keptOf(from, from.document));
      setConflict(undefined);
      setFailure(undefined);
      setState('kept');
    },
    [take],
  );
  const reload = useCallback(async () => {
    restart(await fetchContentDraft(kind, name));
    await forget();
  }, [kind, name, restart, forget]);
  const save = useCallback(async () => {
    await flush();
    for (let tries = 0; tries < 3; tries += 1) {
      const { revision, document } = keptNow.current;
      if (!sameDocument(document, latest.current)) return false;
      if (revision === 0) return true;
      try {
        take(keptOf(await applyContentDraft(kind, name, revision), document));
        await forget();
        return true;
      } catch (error) {
        if (!isConflict(error)) {
          setFailure(wordsOf(error));
          return false;
        }
        const now = await fetchContentDraft(kind, name);
        // Either the draft was changed by somebody, or the content got a version without it.
        const moved = now.revision === revision;
        const theirs = moved
          ? {
              ...now,
              document: await fetchContent(kind, name, now.version),
              base_version: now.version,
            }
          : now;
        const base = moved ? await fetchContent(kind, name, now.base_version) : document;
        if (!meet(theirs, base)) return false;
        await flush();
      }
    }
    return false;
  }, [flush, forget, kind, name, meet, take]);

  const move = (from: 'past' | 'future') =>
    setEdited((former) => {
      const other = from === 'past' ? 'future' : 'past';
      const document = former[from].at(-1);
      if (document === undefined) return former;
      const rest = former[from].slice(0, -1);
      const kept = [...former[other], former.document];
      return { ...former, document, [from]: rest, [other]: kept, word: '', at: 0 };
    });

  return {
    document: edited.document,
    state: changed && state === 'kept' ? 'changed' : state,
    failure,
    dirty: changed || kept.revision > 0,
    version: kept.version,
    conflict,
    canUndo: edited.past.length > 0,
    canRedo: edited.future.length > 0,
    change: useCallback(
      (part, word) => setEdited((former) => edit(former, part, word, Date.now())),
      [],
    ),
    undo: () => move('past'),
    redo: () => move('future'),
    save,
    discard: useCallback(async () => {
      await discardContentDraft(kind, name);
      await reload();
    }, [kind, name, reload]),
    settle: (choice) => {
      if (conflict === undefined) return;
      if (choice === 'theirs') return restart(conflict.theirs);
      latest.current = conflict.merged.document;
      setEdited((former) => ({ ...former, document: conflict.merged.document }));
      take(keptOf(conflict.theirs, conflict.theirs.document));
      setConflict(undefined);
      setState('changed');
    },
    reload,
  };
}

function start(document: ContentDocument): Edited {
  return { document, past: [], future: [], word: '', at: 0 };
}

function edit(former: Edited, part: Partial<ContentDocument>, word: string, at: number): Edited {
  const document = withoutNothing({ ...former.document, ...part });
  if (sameDocument(document, former.document)) return former;
  const together = word === former.word && at - former.at < TOGETHER_MS;
  const past = together ? former.past : [...former.past, former.document].slice(-PAST_MAX);
  return { document, past, future: [], word, at };
}

function keptOf(draft: ContentDraft, document: ContentDocument): Kept {
  const { revision, base_version: baseVersion, version } = draft;
  return { document, revision, baseVersion, version };
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
