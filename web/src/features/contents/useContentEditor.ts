import { useMemo } from 'react';
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
  useKeptDraft,
  type DraftStore,
  type DraftWays,
  type HistoryOf,
  type KeptDraft,
} from '@/features/common/useKeptDraft';
import { mergeContents, sameDocument, withoutNothing } from '@/features/contents/merge';

/** Changes of one kind within this time are undone together. */
const TOGETHER_MS = 1_200;
const PAST_MAX = 200;

interface Edited extends HistoryOf<ContentDocument> {
  past: ContentDocument[];
  future: ContentDocument[];
  word: string | undefined;
  atMs: number;
}

const WAYS: DraftWays<ContentDocument, Edited> = {
  settleMs: 700,
  same: sameDocument,
  merge: mergeContents,
  start: (document) => ({ document, past: [], future: [], word: undefined, atMs: 0 }),
  edit,
  undo: (edited) => move(edited, 'past', 'future'),
  redo: (edited) => move(edited, 'future', 'past'),
  rebase: (edited, document) => ({ ...edited, document }),
};

export interface ContentEditor extends Omit<KeptDraft<ContentDocument, ContentDraft>, 'change'> {
  change: (part: Partial<ContentDocument>, word: string) => void;
}

/** Editing of one content. */
export function useContentEditor(draft: ContentDraft): ContentEditor {
  const { kind, name } = draft.document;
  const forget = useForgetContents();
  const store = useMemo<DraftStore<ContentDocument, ContentDraft>>(
    () => ({
      fetch: () => fetchContentDraft(kind, name),
      save: saveContentDraft,
      apply: (revision) => applyContentDraft(kind, name, revision),
      discard: () => discardContentDraft(kind, name),
      version: (version) => fetchContent(kind, name, version),
      forget,
    }),
    [kind, name, forget],
  );
  const { change, ...kept } = useKeptDraft(draft, store, WAYS);
  return {
    ...kept,
    change: useMemo(
      () => (part, word) => change((document) => withoutNothing({ ...document, ...part }), word),
      [change],
    ),
  };
}

function edit(former: Edited, document: ContentDocument, atMs: number, word?: string): Edited {
  if (sameDocument(document, former.document)) return former;
  const together = word !== undefined && word === former.word && atMs - former.atMs < TOGETHER_MS;
  const past = together ? former.past : [...former.past, former.document].slice(-PAST_MAX);
  return { document, past, future: [], word, atMs };
}

function move(former: Edited, from: 'past' | 'future', to: 'past' | 'future'): Edited {
  const document = former[from].at(-1);
  if (document === undefined) return former;
  return {
    ...former,
    document,
    [from]: former[from].slice(0, -1),
    [to]: [...former[to], former.document],
    word: undefined,
    atMs: 0,
  };
}
