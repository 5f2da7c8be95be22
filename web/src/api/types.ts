/**
 * The shapes that the HTTP API speaks, as far as the web app uses them. Written by hand until they
 * are generated from `/api/v1/openapi.json`; names and units are the server's own.
 */

import type { Rule } from './queryTypes';
import type { RunMode, RunState } from './runTypes';
export type * from './runTypes';
export type * from './queryTypes';

export type ActivityCategory = 'targeting' | 'flow-control' | 'flow' | 'channel' | 'data';
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
  /** For how long what its runs leave behind is kept. */
  history?: string;
  consecutive_errors?: number;
  /** What happens when an activity fails that does not say itself. */
  on_error?: {
    retry?: { attempts: number; backoff?: string; backoff_max?: string };
    then?: 'pause' | 'ignore' | 'abort';
  };
  /** Who is told of what goes wrong with it. */
  notify?: { channel: string; to: string[]; on?: ('failed' | 'paused' | 'held' | 'skipped')[] };
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
  /** Whether somebody works on changes that are in no version yet. */
  draft: boolean;
  state: string;
  activities: number;
  /** When its schedule launches it next. */
  next_launch_at?: string | null;
  /** Why somebody should look at it. */
  attention?: string | null;
  /** The channels that it sends by, and the dimensions that it names. */
  channels?: string[];
  dimensions?: string[];
  created_at?: string;
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
  /** Whether somebody works on changes that are in no version yet. */
  draft: boolean;
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
  /** What else comes of it: later activities ask for `$result_ID_NAME`. */
  results?: string[];
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
  propertyNames?: JsonSchema;
  items?: JsonSchema | boolean;
  oneOf?: JsonSchema[];
  anyOf?: JsonSchema[];
  allOf?: JsonSchema[];
  /** Which editor of the app a value is meant for. */
  'x-tutti-editor'?: string;
  /** Whose fields a value is about, where it is not those of the rows that arrive. */
  'x-tutti-rows'?: string;
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
  /** Whether it is Tutti's own, of which nothing but its parameters is known. */
  builtin?: boolean;
  parameters?: Record<
    string,
    { type: string; default?: unknown; label?: string; values?: string[] }
  >;
  where: Rule;
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
  /** Of links that the app makes itself. */
  label?: string;
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
