/**
 * The shapes that the HTTP API speaks, as far as the web app uses them. Written by hand until they
 * are generated from `/api/v1/openapi.json`; names and units are the server's own.
 */

export type RunState = 'running' | 'paused' | 'held' | 'completed' | 'failed' | 'stopped';
export type RunMode = 'live' | 'test';
export type ActivityState =
  'waiting' | 'ready' | 'running' | 'held' | 'paused' | 'completed' | 'failed' | 'skipped';
export type ActivityCategory = 'targeting' | 'flow-control' | 'flow' | 'channel' | 'data';
/** One line of the ledger is in exactly one of these. */
export type LedgerStatus =
  'excluded' | 'pending' | 'sent' | 'in_doubt' | 'failed' | 'delivered' | 'bounced' | 'complained';

/** A rule as the contract writes it; see `@/rules/words` for its reading in plain words. */
export interface RuleGroup {
  combinator: 'and' | 'or' | 'except';
  not?: boolean;
  rules: Rule[];
}
export type RuleValueSource = 'value' | 'field' | 'expression' | 'variable' | 'aggregate';
export interface RuleAggregate {
  function?: string;
  field?: string;
  expression?: string;
  distinct?: boolean;
}
/** Which linked rows a condition looks at: the first ones by an order. */
export interface RulePick {
  by: string;
  order?: 'ascending' | 'descending';
  n?: number;
  where?: RuleGroup;
}
export interface RuleCondition {
  field?: string;
  expression?: string;
  operator?: string;
  value?: unknown;
  valueSource?: RuleValueSource;
  caseSensitive?: boolean;
  match?: { mode: string; threshold?: number };
  aggregate?: RuleAggregate;
  pick?: RulePick;
  where?: RuleGroup;
  filter?: string;
  parameters?: Record<string, unknown>;
  audience?: string;
  /** An earlier population of the campaign, `ACTIVITY` or `ACTIVITY.PORT`. */
  population?: string;
}
export type Rule = RuleGroup | RuleCondition;

export interface ActivityDocument {
  id: string;
  type: string;
  label?: string;
  notes?: string;
  enabled?: boolean;
  breakpoint?: boolean;
  [setting: string]: unknown;
}
export interface TransitionDocument {
  /** `ACTIVITY` or `ACTIVITY.PORT`. */
  from: string;
  to: string;
  label?: string;
}
export interface CampaignDocument {
  kind: 'campaign';
  name: string;
  label?: string;
  description?: string;
  tags?: string[];
  folder?: string;
  time_zone?: string;
  schedule?: Record<string, unknown> & { type: string };
  variables?: Record<string, unknown>;
  canvas: {
    activities: ActivityDocument[];
    transitions?: TransitionDocument[];
    positions?: Record<string, { x: number; y: number }>;
  };
}

export interface ContentDocument {
  kind: 'content';
  name: string;
  label?: string;
  subject?: string;
  preheader?: string;
  html?: string;
  text?: string;
}

export interface CampaignListed {
  name: string;
  label?: string | null;
  description?: string | null;
  tags?: string[] | null;
  folder?: string | null;
  version: number;
  state: string;
  activities: number;
  /** When its schedule launches it next. */
  next_launch_at?: string | null;
  /** Why somebody should look at it. */
  attention?: string | null;
  updated_at: string;
  last_run: {
    run: string;
    state: RunState;
    mode: RunMode;
    started_at: string;
    finished_at: string | null;
    targeted: number;
    sent: number;
  } | null;
}
export interface Campaign {
  document: CampaignDocument;
  version: number;
  state: string;
  ports: Record<string, string[]>;
}

export interface ActivityKind {
  kind: string;
  label: string;
  category: ActivityCategory;
  summary: string;
  /** How many transitions may arrive. */
  inputs?: { min: number; max: number | null };
  /** The ports of an activity with the settings of `example`. */
  ports?: { name: string; label: string }[];
  example?: Record<string, unknown>;
  settings_schema: JsonSchema;
}
/** The part of JSON Schema (2020-12) that the server's schemas are written in. */
export interface JsonSchema {
  $ref?: string;
  $defs?: Record<string, JsonSchema>;
  title?: string;
  description?: string;
  type?: string | string[];
  format?: string;
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  minimum?: number;
  maximum?: number;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: boolean | JsonSchema;
  items?: JsonSchema | boolean;
  oneOf?: JsonSchema[];
  anyOf?: JsonSchema[];
  allOf?: JsonSchema[];
  /** Which editor of the app a value is meant for. */
  'x-tutti-editor'?: string;
}

export interface PortShape {
  dimension: string;
  added: TableColumn[];
}
/** What is wrong or doubtful with a campaign, and what is known of its canvas. */
export interface CampaignCheck {
  errors: ProblemItem[];
  warnings: ProblemItem[];
  ports: Record<string, string[]>;
  shapes: Record<string, Record<string, PortShape>>;
}
/** A campaign as somebody works on it. */
export interface Draft {
  document: CampaignDocument;
  /** 0: nothing was changed since the newest version. */
  revision: number;
  base_version: number;
  version: number;
  updated_at: string | null;
  check: CampaignCheck;
}
export interface DocumentHead {
  kind: string;
  name: string;
  label: string | null;
  description: string | null;
  tags: string[];
  folder: string | null;
  version: number;
  updated_at: string;
}
export interface DimensionDocument {
  kind: 'dimension';
  name: string;
  label?: string;
  table: string;
  addresses?: Record<string, string>;
}
export interface FilterDocument {
  kind: 'filter';
  name: string;
  label?: string;
  description?: string;
  dimension: string;
  /** Whose it is; others see it unless `shared` is false. */
  owner?: string;
  shared?: boolean;
  favorite?: boolean;
  parameters?: Record<string, { type: string; default?: unknown; label?: string }>;
  where: Rule;
}
export interface CountAnswer {
  count: number;
  elapsed_ms: number;
  /** Of the rule (the empty pointer) and of each of its parts about the same rows. */
  parts?: { pointer: string; count: number }[];
}
export interface Explanation {
  words: string;
  /** A query for the keys, where SQL can say the rule. */
  sql: string | null;
  sql_notes: string[];
  plan: string;
  warnings: string[];
}
/** How the values of a field are spread. */
export interface Distribution {
  type: string;
  table: string;
  rows: number;
  nulls: number;
  distinct: number;
  values: { value: unknown; count: number; share: number }[];
  others: number;
  min?: unknown;
  max?: unknown;
  histogram?: { from: unknown; to: unknown; count: number }[];
}
/** What could be typed next in an expression. */
export interface Candidate {
  kind: 'field' | 'link' | 'function' | 'variable';
  text: string;
  detail: string;
  about?: string | null;
}
/** What is known of an expression as it stands. */
export interface CheckedExpression {
  valid: boolean;
  type?: string;
  problems: ProblemItem[];
  candidates: Candidate[];
}
/** A function of expressions. */
export interface FunctionListed {
  name: string;
  familiar: string[];
  category: string;
  signature: string;
  result: string;
  description: string;
  nulls: string;
  aggregate: boolean;
  examples: { expression: string; result: string }[];
}
export interface DryRun {
  campaign: string;
  version: number;
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
  until?: string;
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

export interface TableColumn {
  name: string;
  type: string;
  label?: string | null;
  description?: string | null;
  required?: boolean;
  /** An enumeration; empty or absent: any value. */
  values?: string[];
}
export interface TableLink {
  name: string;
  to: string;
  cardinality?: string | null;
}
export interface TableListed {
  name: string;
  label?: string | null;
  columns: TableColumn[];
  primary_key: string[];
  links: TableLink[];
  rows: number | null;
  version: number | null;
  /** One of Tutti's own. */
  builtin?: boolean;
}

export interface ServerStatus {
  version: string;
  data_dir: string;
  started_at: string;
  catcher: { smtp: string; messages: number } | null;
  documents: Record<string, number>;
}

export interface ProblemItem {
  code?: string;
  severity?: string;
  message: string;
  /** The id of the activity that it is about. */
  activity?: string | null;
  /** A JSON pointer into the document. */
  pointer?: string | null;
  hint?: string | null;
}
/** RFC 9457 `application/problem+json`. */
export interface Problem {
  title?: string;
  status?: number;
  detail?: string;
  code?: string;
  errors?: ProblemItem[];
}
