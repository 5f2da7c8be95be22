/** What the parts of an editable canvas can ask for. The object stays the same for as long as the canvas is there. */
import { createContext, useContext } from 'react';
import type { CampaignDocument } from '@/api/types';
import type { Positions, Spot, TransitionRef } from '@/canvas/edit/document';

export interface CanvasActions {
  /** Opens the list of kinds to put one at this spot. */
  add: (spot: Spot) => void;
  /** Puts an activity of this kind at this spot, or what was copied. */
  put: (kind: string, spot: Spot) => void;
  /** Changes the document; `word` joins the edits of one field. */
  edit: (change: (document: CampaignDocument) => CampaignDocument, word?: string) => void;
  select: (ids: string[]) => void;
  /** Shows the settings of what is selected. */
  open: (id: string) => void;
  openTransition: (ref: TransitionRef) => void;
  move: (moved: Positions) => void;
  /** Says why something cannot be done. */
  refuse: (why: string) => void;
}

export const CanvasActionsContext = createContext<CanvasActions | undefined>(undefined);

export function useCanvasActions(): CanvasActions {
  const actions = useContext(CanvasActionsContext);
  if (actions === undefined) throw new Error('a part of the canvas is outside of it');
  return actions;
}
