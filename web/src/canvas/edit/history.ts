/** The document that is edited, with its way back and forth as patches. */
import type { CampaignDocument } from '@/api/types';
import {
  applyPatch,
  diffDocuments,
  joinPatches,
  reversePatch,
  type Patch,
} from '@/canvas/edit/parts';

interface Step {
  patch: Patch;
  /** Edits with the same word that follow each other closely are one step. */
  word: string | undefined;
  atMs: number;
}

export interface Edited {
  document: CampaignDocument;
  past: Step[];
  future: Step[];
}

const STEPS_MAX = 200;
/** Keystrokes in one field closer than this are one step. */
const JOIN_WITHIN_MS = 1_500;

export function startEditing(document: CampaignDocument): Edited {
  return { document, past: [], future: [] };
}

/** The document as it is after an edit. `word` joins the edits of one field. */
export function edit(
  edited: Edited,
  document: CampaignDocument,
  nowMs: number,
  word?: string,
): Edited {
  const patch = diffDocuments(edited.document, document);
  if (patch.length === 0) return edited;
  const last = edited.past.at(-1);
  const joins = word !== undefined && last?.word === word && nowMs - last.atMs < JOIN_WITHIN_MS;
  const step = joins
    ? { ...last, patch: joinPatches(last.patch, patch), atMs: nowMs }
    : { patch, word, atMs: nowMs };
  const past = joins ? [...edited.past.slice(0, -1), step] : [...edited.past, step];
  return { document, past: past.slice(-STEPS_MAX), future: [] };
}

export function undo(edited: Edited): Edited {
  const step = edited.past.at(-1);
  if (step === undefined) return edited;
  return {
    document: applyPatch(edited.document, reversePatch(step.patch)),
    past: edited.past.slice(0, -1),
    future: [...edited.future, { ...step, word: undefined }],
  };
}

export function redo(edited: Edited): Edited {
  const step = edited.future.at(-1);
  if (step === undefined) return edited;
  return {
    document: applyPatch(edited.document, step.patch),
    past: [...edited.past, step],
    future: edited.future.slice(0, -1),
  };
}

/** Takes what somebody else made of the document; one's own way back stays. */
export function rebase(edited: Edited, document: CampaignDocument): Edited {
  return { ...edited, document };
}
