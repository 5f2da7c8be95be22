/** The shapes of reports, people and data that the HTTP API speaks. */
import type { Column, TableColumn } from './types';

export const SUBJECT_KINDS = ['run', 'campaign', 'channel'] as const;

export const FIGURES = [
  'targeted',
  'excluded',
  'sent',
  'failed',
  'in_doubt',
  'pending',
  'bounced',
  'complained',
  'opened',
  'clicked',
  'opened_and_clicked',
  'not_opened',
  'unsubscribed',
] as const;

export interface Subject {
  kind: SubjectKind;
  name: string;
  /** From when on and until when messages were settled: date math or a moment; nothing: all time. */
  from?: string;
  to?: string;
}

export interface Rate {
  name: string;
  numerator: string;
  denominator: string;
  count: number;
  of: number;
  value: number | null;
  low: number | null;
  high: number | null;
}

export interface ReasonCount {
  reason: string | null;
  count: number;
}

export interface Report {
  subject: Subject;
  at: string;
  ended: boolean;
  runs: { run: string; campaign: string; started_at: string }[];
  figures: Figures;
  rates: Rate[];
  people: Record<string, number>;
  exclusions: ReasonCount[];
  failures: ReasonCount[];
}

export interface RateDifference {
  value: number;
  low: number;
  high: number;
  conclusive: boolean;
}

export interface BreakdownRow {
  value: string | null;
  figures: Figures;
  rates: Rate[];
  differences?: Record<string, RateDifference>;
}

export interface Breakdown {
  rows: BreakdownRow[];
  others: Figures;
  total: Figures;
}

export interface TimelinePoint {
  at: string;
  excluded: number;
  sent: number;
  failed: number;
  opens: number;
  opened: number;
  clicks: number;
  clicked: number;
  unsubscribed: number;
}

export interface Timeline {
  step: string;
  zone: string;
  points: TimelinePoint[];
}

export interface ReportPerson {
  run: string;
  activity: string;
  dimension: string;
  key: string;
  channel: string;
  address: string | null;
  status: string;
  reason: string | null;
  segment_code: string | null;
  message_id: string | null;
  opens: number;
  clicks: number;
  unsubscribes: number;
  updated_at: string;
}

export interface PeopleQuery {
  figure: string;
  by?: string;
  value?: string;
  search?: string;
  limit: number;
  offset: number;
}

export type SubjectKind = (typeof SUBJECT_KINDS)[number];

export type Figure = (typeof FIGURES)[number];

/** Always: targeted = excluded + sent + failed + in_doubt + pending. */
export type Figures = Record<Figure | 'opens' | 'clicks', number>;

export interface Registered {
  list: string;
  channel: string;
  subject: string;
  dimension: string | null;
  value: string;
  reason: string;
  run: string | null;
  activity: string | null;
  at: string;
}

export interface PersonMessage {
  run: string;
  campaign: string;
  activity: string;
  channel: string;
  address: string | null;
  status: string;
  reason: string | null;
  segment_code: string | null;
  message_id: string | null;
  at: string;
  events: { kind: string; url: string | null; at: string }[];
}

export interface LinkedRows {
  name: string;
  to: string;
  to_many: boolean;
  total: number;
  columns: Column[];
  rows: unknown[][];
}

export interface PersonView {
  dimension: string;
  table: string;
  key: string;
  identity: string | null;
  fields: { name: string; label: string | null; type: string; value: unknown }[];
  channels: {
    channel: string;
    address: string | null;
    consent: boolean | null;
    asks_consent: boolean;
  }[];
  register: Registered[];
  links: LinkedRows[];
  messages: PersonMessage[];
}

export interface RegisterEntry {
  list: string;
  channel: string;
  subject: string;
  dimension?: string;
  value: string;
  reason: string;
}

export interface RegisterImport {
  read: number;
  added: number;
  known: number;
  rejected: number;
  rejects: { line: number; value: string; reason: string }[];
}

export interface Trace {
  run: string;
  key: string;
  steps: { activity: string; port: string; present: boolean }[];
  reasons: { activity: string; label?: string | null; because: string[] }[];
}

export interface RegisterQuery {
  list?: string;
  channel?: string;
  subject?: string;
  search?: string;
  limit: number;
  offset: number;
}

export interface TableQuality {
  table: string;
  version: number;
  rows: number;
  columns: {
    name: string;
    nulls: number;
    distinct: number;
    outside: number;
    min: unknown;
    max: unknown;
  }[];
  duplicates: number;
  newest: unknown;
  links: { name: string; to: string; to_many: boolean; orphans: number; orphans_there: number }[];
  elapsed_ms: number;
}

export interface TableVersion {
  version: number;
  at: string | null;
  operation: string | null;
  rows: number | null;
}

export interface TableDocument {
  kind: 'table';
  name: string;
  columns: (TableColumn & { name: string })[];
  primary_key: string[];
  version?: string;
}

export interface InferredTable {
  document: TableDocument;
  inferred: {
    read: number;
    whole: boolean;
    columns: { name: string; type: string; nulls: number; distinct: number | null }[];
    sample: (string | null)[][];
  };
  notes: string[];
}

export interface RejectedRow {
  file: string;
  line: number;
  column: string | null;
  reason: string;
  value: string;
  row: string;
}

export interface ImportReport {
  table: string;
  read: number;
  inserted: number;
  updated: number;
  deleted: number;
  rejected: number;
  version: number;
  rejects?: RejectedRow[];
}

export interface AudienceListed {
  name: string;
  label: string | null;
  dimension: string;
  columns: TableColumn[];
  rows: number;
  version: number;
}

export interface ImportWish {
  table: string;
  uploaded: string;
  file: string;
  mode: string;
  /** Columns of the file and what they are called in the table; empty: passed over. */
  columns: Record<string, string>;
  max_rejects: number;
}
