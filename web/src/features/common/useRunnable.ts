import { useState } from 'react';
import { useCampaign } from '@/api/campaigns';
import { applyDraft, useDraftNow, useForgetCampaign } from '@/api/drafts';
import type { CampaignDocument } from '@/api/types';
import { t } from '@/i18n';

/** What an editor has that is in no version yet. */
export interface Editing {
  document: CampaignDocument;
  ports: Record<string, string[]>;
  revision: number;
  /** Whether the server has all that is shown. */
  kept: boolean;
  errors: number;
  /** Makes it a version; answers whether it is one. */
  save: () => Promise<boolean>;
}

/** A campaign with or without the changes that are in no version yet, as somebody chose. */
export interface Runnable {
  error: Error | null;
  document: CampaignDocument | undefined;
  ports: Record<string, string[]>;
  state: string | undefined;
  /** The newest version. */
  version: number | undefined;
  /** There are changes that are in no version yet. */
  changed: boolean;
  withChanges: boolean;
  choose: (withChanges: boolean) => void;
  /** How many things are wrong with the changes. */
  errors: number;
  /** Whether the server has what is chosen. */
  ready: boolean;
  /** Tells one text from another. */
  text: string;
  /** Makes the changes a version, where they are chosen. */
  save: () => Promise<void>;
}

/**
 * What would run. `editing` is what the editor has, `null` where it has no changes; without an editor, the draft that is
 * kept is looked for. Who never published expects what was worked on; else it takes a decision.
 */
export function useRunnable(name: string, editing?: Editing | null): Runnable {
  const campaign = useCampaign(name);
  const drafted = editing === undefined && campaign.data?.draft === true;
  const draft = useDraftNow(name, drafted);
  const forget = useForgetCampaign();
  const [choice, setChoice] = useState<boolean>();
  const changes = editing ?? (drafted && draft.data ? kept(name, draft.data, forget) : undefined);
  const expected = editing !== undefined || campaign.data?.state === 'draft';
  const withChanges = changes !== undefined && (choice ?? expected);
  const ready = campaign.data !== undefined && (!drafted || draft.data !== undefined);
  return {
    error: campaign.error ?? draft.error,
    document: withChanges ? changes.document : campaign.data?.document,
    ports: withChanges ? changes.ports : (campaign.data?.ports ?? {}),
    state: campaign.data?.state,
    version: campaign.data?.version,
    changed: changes !== undefined,
    withChanges,
    choose: setChoice,
    errors: withChanges ? changes.errors : 0,
    ready: ready && (!withChanges || changes.kept),
    text: withChanges ? `revision ${changes.revision}` : `version ${campaign.data?.version ?? ''}`,
    save: async () => {
      if (withChanges && !(await changes.save())) throw new Error(t('launch.notSaved'));
    },
  };
}

/** A draft that nobody edits here. */
function kept(
  name: string,
  draft: NonNullable<ReturnType<typeof useDraftNow>['data']>,
  forget: () => Promise<void>,
): Editing | undefined {
  if (draft.revision === 0) return undefined;
  return {
    document: draft.document,
    ports: draft.check.ports,
    revision: draft.revision,
    kept: true,
    errors: draft.check.errors.length,
    save: async () => {
      await applyDraft(name, draft.revision);
      await forget();
      return true;
    },
  };
}
