import { useMemo, useState } from 'react';
import { apiGet } from '@/api/client';
import { applyDraft, discardDraft, fetchDraft, saveDraft, useForgetCampaign } from '@/api/drafts';
import type { CampaignCheck, CampaignDocument, Draft } from '@/api/types';
import { edit, rebase, redo, startEditing, undo, type Edited } from '@/canvas/edit/history';
import { mergeDocuments, same } from '@/canvas/edit/parts';
import {
  useKeptDraft,
  type DraftStore,
  type DraftWays,
  type KeptDraft,
} from '@/features/common/useKeptDraft';

const WAYS: DraftWays<CampaignDocument, Edited> = {
  settleMs: 600,
  same,
  merge: mergeDocuments,
  start: startEditing,
  edit,
  undo,
  redo,
  rebase,
};

export interface Editor extends KeptDraft<CampaignDocument, Draft> {
  check: CampaignCheck;
  /** The document that `check` is about; the one shown may be a moment ahead. */
  checked: CampaignDocument;
  /** Also of activities that were there before. */
  ports: Record<string, string[]>;
}

/** Editing of one campaign. */
export function useEditor(name: string, draft: Draft): Editor {
  const forget = useForgetCampaign();
  const store = useMemo<DraftStore<CampaignDocument, Draft>>(
    () => ({
      fetch: () => fetchDraft(name),
      save: (document, revision, baseVersion) => saveDraft(name, document, revision, baseVersion),
      apply: (revision) => applyDraft(name, revision),
      discard: () => discardDraft(name),
      version: (version) =>
        apiGet<CampaignDocument>(`/documents/campaign/${encodeURIComponent(name)}`, { version }),
      forget,
    }),
    [name, forget],
  );
  const kept = useKeptDraft(draft, store, WAYS);
  const { check } = kept.reply;
  const [known, setKnown] = useState({ check, ports: check.ports });
  // What was checked last comes over what was known before.
  if (known.check !== check) setKnown({ check, ports: { ...known.ports, ...check.ports } });
  return { ...kept, check, checked: kept.keptDocument, ports: known.ports };
}
