/** The words and tones of states, the same wherever they are shown. */
import type { ActivityState, LedgerStatus, RunState } from '@/api/types';
import type { Tone } from '@/ui/tone';
import { t } from '@/i18n';

export interface StateLook {
  label: string;
  tone: Tone;
  /** Something is going on at this moment. */
  active?: boolean;
}

const RUN_STATES: Record<RunState, StateLook> = {
  running: { label: t('state.running'), tone: 'info', active: true },
  paused: { label: t('state.paused'), tone: 'warn' },
  held: { label: t('state.held'), tone: 'warn' },
  completed: { label: t('state.completed'), tone: 'good' },
  failed: { label: t('state.failed'), tone: 'bad' },
  stopped: { label: t('state.stopped'), tone: 'neutral' },
};
const ACTIVITY_STATES: Record<ActivityState, StateLook> = {
  waiting: { label: t('state.waiting'), tone: 'neutral' },
  ready: { label: t('state.ready'), tone: 'neutral' },
  running: { label: t('state.running'), tone: 'info', active: true },
  held: { label: t('state.held'), tone: 'warn' },
  paused: { label: t('state.paused'), tone: 'warn' },
  completed: { label: t('state.completed'), tone: 'good' },
  failed: { label: t('state.failed'), tone: 'bad' },
  skipped: { label: t('state.skipped'), tone: 'neutral' },
};
const LEDGER_STATES: Record<LedgerStatus, StateLook> = {
  excluded: { label: t('state.excluded'), tone: 'neutral' },
  pending: { label: t('state.pending'), tone: 'info' },
  sent: { label: t('state.sent'), tone: 'good' },
  in_doubt: { label: t('state.in_doubt'), tone: 'warn' },
  failed: { label: t('state.notSent'), tone: 'bad' },
  delivered: { label: t('state.delivered'), tone: 'good' },
  bounced: { label: t('state.bounced'), tone: 'bad' },
  complained: { label: t('state.complained'), tone: 'bad' },
};
const CAMPAIGN_STATES: Record<string, StateLook> = {
  draft: { label: t('state.draft'), tone: 'neutral' },
  scheduled: { label: t('state.scheduled'), tone: 'info' },
  publishing: { label: t('state.publishing'), tone: 'info', active: true },
  live: { label: t('state.live'), tone: 'good' },
  suspended: { label: t('state.suspended'), tone: 'warn' },
  closed: { label: t('state.closed'), tone: 'neutral' },
  completed: { label: t('state.completed'), tone: 'accent' },
  stopped: { label: t('state.stopped'), tone: 'neutral' },
  archived: { label: t('state.archived'), tone: 'neutral' },
  failed: { label: t('state.failed'), tone: 'bad' },
};

export const runLook = (state: string) => lookUp(RUN_STATES, state);
export const activityLook = (state: string) => lookUp(ACTIVITY_STATES, state);
export const ledgerLook = (status: string) => lookUp(LEDGER_STATES, status);
export const campaignLook = (state: string) => lookUp(CAMPAIGN_STATES, state);

/** A newer server may say a word that is not known here; it is shown as it is. */
function lookUp(looks: Record<string, StateLook>, state: string): StateLook {
  return looks[state] ?? { label: state, tone: 'neutral' };
}
