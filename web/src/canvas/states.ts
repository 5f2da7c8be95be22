/** The words and tones of states, the same wherever they are shown. */
import type { ActivityState, LedgerStatus, RunState } from '@/api/types';
import type { Tone } from '@/ui/tone';

export interface StateLook {
  label: string;
  tone: Tone;
  /** Something is going on at this moment. */
  active?: boolean;
}

const RUN_STATES: Record<RunState, StateLook> = {
  running: { label: 'Running', tone: 'info', active: true },
  paused: { label: 'Paused', tone: 'warn' },
  held: { label: 'Waits for somebody', tone: 'warn' },
  completed: { label: 'Completed', tone: 'good' },
  failed: { label: 'Failed', tone: 'bad' },
  stopped: { label: 'Stopped', tone: 'neutral' },
};
const ACTIVITY_STATES: Record<ActivityState, StateLook> = {
  waiting: { label: 'Waiting', tone: 'neutral' },
  ready: { label: 'Ready', tone: 'neutral' },
  running: { label: 'Running', tone: 'info', active: true },
  held: { label: 'Waits for somebody', tone: 'warn' },
  paused: { label: 'Paused', tone: 'warn' },
  completed: { label: 'Completed', tone: 'good' },
  failed: { label: 'Failed', tone: 'bad' },
  skipped: { label: 'Skipped', tone: 'neutral' },
};
const LEDGER_STATES: Record<LedgerStatus, StateLook> = {
  excluded: { label: 'Excluded', tone: 'neutral' },
  pending: { label: 'Pending', tone: 'info' },
  sent: { label: 'Sent', tone: 'good' },
  in_doubt: { label: 'In doubt', tone: 'warn' },
  failed: { label: 'Failed', tone: 'bad' },
  delivered: { label: 'Delivered', tone: 'good' },
  bounced: { label: 'Bounced', tone: 'bad' },
  complained: { label: 'Complained', tone: 'bad' },
};
const CAMPAIGN_STATES: Record<string, StateLook> = {
  draft: { label: 'Draft', tone: 'neutral' },
  scheduled: { label: 'Scheduled', tone: 'info' },
  live: { label: 'Live', tone: 'good' },
  completed: { label: 'Completed', tone: 'accent' },
  stopped: { label: 'Stopped', tone: 'neutral' },
  archived: { label: 'Archived', tone: 'neutral' },
  failed: { label: 'Failed', tone: 'bad' },
};

export const runLook = (state: string) => lookUp(RUN_STATES, state);
export const activityLook = (state: string) => lookUp(ACTIVITY_STATES, state);
export const ledgerLook = (status: string) => lookUp(LEDGER_STATES, status);
export const campaignLook = (state: string) => lookUp(CAMPAIGN_STATES, state);

/** A newer server may say a word that is not known here; it is shown as it is. */
function lookUp(looks: Record<string, StateLook>, state: string): StateLook {
  return looks[state] ?? { label: state, tone: 'neutral' };
}
