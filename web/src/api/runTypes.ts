/** The shapes of runs and of what they leave behind: populations, ledger, log, tasks, traces, caught mails. */

export type RunState = 'running' | 'paused' | 'held' | 'completed' | 'failed' | 'stopped';
export type RunMode = 'live' | 'test';
export type ActivityState =
  'waiting' | 'ready' | 'running' | 'held' | 'paused' | 'completed' | 'failed' | 'skipped';
/** One line of the ledger is in exactly one of these. */
export type LedgerStatus =
  'excluded' | 'pending' | 'sent' | 'in_doubt' | 'failed' | 'delivered' | 'bounced' | 'complained';

export interface DryRun {
  campaign: string;
  /** Of a draft, the version that it would take the place of. */
  version: number;
  draft: boolean;
  transitions: RunTransition[];
  deliveries: RunDelivery[];
  samples: DrySample[];
}
export interface DrySample {
  activity: string;
  key: string;
  address: string;
  subject: string;
  html: string;
  text: string;
}

/** A planned time or a signal at which a campaign runs, with what became of it. */
export interface Launch {
  launch: string;
  cause: string;
  due_at: string;
  state: 'waiting' | 'queued' | 'started' | 'skipped';
  /** Why it was skipped. */
  reason: string | null;
  run: string | null;
  late_ms: number | null;
  variables: Record<string, unknown>;
}
export interface SignalAnswer {
  launch: string;
  state: Launch['state'];
  reason: string | null;
  run: string | null;
  variables: Record<string, unknown>;
}

/** What an alert told. */
export interface AlertTold {
  /** Grows from alert to alert. */
  seq: number;
  /** Empty where a launch is meant that began no run. */
  run: string;
  launch?: string | null;
  campaign: string;
  /** Empty where the run itself is meant. */
  activity: string;
  level: 'info' | 'warning' | 'critical';
  title: string;
  message: string;
  /** What went wrong, of an alert that no activity raised. */
  trouble?: 'failed' | 'paused' | 'held' | 'skipped' | null;
  mailed_to: string[];
  at: string;
}
export interface RunListed {
  run: string;
  campaign: string;
  version: number;
  state: RunState;
  mode: RunMode;
  started_at: string;
  finished_at: string | null;
  targeted: number;
  sent: number;
  failed: number;
  excluded: number;
}
export interface RunError {
  code: string;
  message: string;
  /** Where it happened, if that can be named. */
  activity?: string | null;
}
/** What an activity waits for a person for. */
export interface Hold {
  kind: string;
  message: string;
  /** Who may answer; anybody when absent. */
  by?: string[];
  /** When it goes on by itself: at its deadline, or to try a server again that is away. */
  until?: string;
  /** Since when a server has been away, and how often it was found so. */
  since?: string;
  tries?: number;
  /** The answers to an approval. */
  choices?: string[];
  /** How many people have to give an answer. */
  needed?: number;
  votes?: { answer: string; by: string | null; comment: string | null; at: string }[];
}
export interface RunActivity {
  id: string;
  type: string;
  state: ActivityState;
  elapsed_ms: number | null;
  attempts: number;
  /** The version of the campaign that it ran with. */
  version?: number | null;
  started_at?: string | null;
  finished_at?: string | null;
  error?: RunError | null;
  note?: string | null;
  /** When it goes on by itself: a wait, or another attempt. */
  waits_until?: string | null;
  hold?: Hold | null;
}
export interface RunTransition {
  from: string;
  port: string;
  /** `null`: nothing is connected to this port. */
  to: string | null;
  rows: number | null;
}
export interface RunDelivery {
  activity: string;
  targeted: number;
  excluded: number;
  sent: number;
  failed: number;
  in_doubt: number;
  pending?: number;
  exclusions: Record<string, number>;
}
export interface RunSummary {
  run: string;
  campaign: string;
  version: number;
  state: RunState;
  mode: RunMode;
  started_at: string;
  finished_at: string | null;
  /** When its populations, log and tasks were cleared. */
  purged_at?: string | null;
  /** The values that the run has. */
  variables?: Record<string, unknown>;
  /** Why the run is paused, held or failed. */
  error?: RunError | null;
  activities: RunActivity[];
  transitions: RunTransition[];
  deliveries: RunDelivery[];
}

export interface Column {
  name: string;
  type: string;
}
export interface Population {
  dimension?: string | null;
  /** The columns of the key. */
  key?: string[];
  columns: Column[];
  rows: unknown[][];
  total: number;
}

export interface LedgerLine {
  run: string;
  activity: string;
  key: string;
  secondary_key: string | null;
  channel: string;
  address: string | null;
  status: LedgerStatus;
  reason: string | null;
  message_id: string | null;
  attempts: number;
  updated_at: string;
}

/** A row by its key; the dimension is empty for the lines of a file. */
export interface RowKey {
  dimension: string;
  key: string;
}
export interface TraceReason {
  activity: string;
  type: string;
  label?: string | null;
  state: ActivityState;
  at?: string | null;
  /** Whether the row arrived, or was taken here. */
  present: boolean;
  left_by: string[];
  because: string[];
}
export interface TraceStep {
  activity: string;
  port: string;
  present: boolean;
  dimension: string;
  key?: string | null;
  columns?: Record<string, unknown>;
}
/** The way of one row through a run. */
export interface Trace {
  run: string;
  campaign: string;
  key: string;
  outcome: string;
  rows: RowKey[];
  steps: TraceStep[];
  reasons: TraceReason[];
  messages: LedgerLine[];
  events: { at: string; activity: string; kind: string; url?: string | null }[];
}

export interface LedgerPage {
  total: number;
  rows: LedgerLine[];
  counts: Record<string, number>;
  reasons: Record<string, number>;
}
export type LogLevel = 'info' | 'warning' | 'error';
export interface LogEntry {
  seq: number;
  at: string;
  run: string;
  activity: string | null;
  level: LogLevel;
  message: string;
}
export interface LogQuery {
  activity?: string;
  /** This level and worse. */
  level?: LogLevel;
  search?: string;
}
export interface TaskLine {
  task: string;
  activity: string;
  label: string | null;
  type: string;
  state: ActivityState;
  attempts: number;
  version: number | null;
  started_at: string | null;
  finished_at: string | null;
  elapsed_ms: number | null;
  worker: string | null;
  waits_until: string | null;
  note: string | null;
  error: RunError | null;
  hold: { kind: string; message: string } | null;
  answers: Record<string, unknown> | null;
  variables: Record<string, unknown>;
  results: Record<string, unknown>;
  table_versions: Record<string, unknown>;
}
export interface TaskPage {
  total: number;
  tasks: TaskLine[];
}
export interface TaskQuery {
  activity?: string;
  state?: ActivityState;
  search?: string;
}

export interface LedgerQuery {
  activity?: string;
  status?: string;
  reason?: string;
  search?: string;
  limit: number;
  offset: number;
}

export interface CaughtListed {
  id: string;
  received_at: string;
  from: string;
  to: string[];
  subject: string;
  /** Bytes. */
  size: number;
  run: string | null;
  activity: string | null;
  key: string | null;
}
export interface CaughtPage {
  total: number;
  messages: CaughtListed[];
}
export interface CaughtMessage {
  id: string;
  received_at: string;
  from: string;
  to: string[];
  subject: string;
  headers: { name: string; value: string }[];
  text: string | null;
  html: string | null;
  size: number;
  raw: string;
}
