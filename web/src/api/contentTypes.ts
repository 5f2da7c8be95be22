/** The shapes of contents, as the HTTP API speaks them. */
import type { DocumentHead, ProblemItem } from './types';

export interface Sender {
  name?: string;
  address: string;
}
/** What a message says, whether it is a content of its own or part of an activity. */
export interface Message {
  subject?: string;
  preheader?: string;
  html?: string;
  mjml?: string;
  text?: string;
}
export interface ContentDocument extends Message {
  kind: 'content' | 'fragment';
  name: string;
  label?: string;
  description?: string;
  tags?: string[];
  folder?: string;
  from?: Sender;
  reply_to?: Sender;
  dimension?: string;
}
export interface ContentUsage {
  kind: 'campaign' | 'content' | 'fragment';
  name: string;
  activity?: string;
}
export interface ContentListed extends DocumentHead {
  kind: 'content' | 'fragment';
  format: 'html' | 'mjml' | 'text';
  subject?: string;
  dimension?: string;
  draft: boolean;
  used_by: ContentUsage[];
}
/** A place in a template; both count from 1. */
export interface Place {
  line: number;
  column: number;
}
export interface ContentProblem extends ProblemItem {
  within?: Place;
}
export interface ContentCheck {
  problems: ContentProblem[];
  html_bytes: number;
}
/** Rows of a dimension, or those that would arrive at an activity of a campaign. */
export interface RowsAsked {
  dimension?: string;
  key?: string;
  where?: unknown;
  campaign?: string;
  activity?: string;
}
export interface RenderedRow {
  key: string;
  address: string | null;
  excluded: string | null;
  subject: string;
  preheader: string;
  html: string;
  text: string;
  html_bytes: number;
  problems: ContentProblem[];
  failure: string | null;
}
export interface RenderAnswer {
  dimension: string | null;
  total: number;
  rows: RenderedRow[];
  problems: ContentProblem[];
}
export interface PersonalField {
  path: string;
  label?: string;
  type: string;
  source: 'added' | 'own' | 'link';
  samples: unknown[];
}
export interface Personalization {
  dimension: string;
  fields: PersonalField[];
  collections: {
    path: string;
    label?: string;
    columns: { name: string; type: string; label?: string }[];
  }[];
  other_links: { path: string; to: string }[];
  variables: { name: string; type: string; value?: unknown }[];
  links: { name: string; about: string }[];
}
export interface ContentDraft {
  document: ContentDocument;
  /** 0: nothing was changed since the newest version. */
  revision: number;
  base_version: number;
  version: number;
  updated_at: string | null;
  check: { errors: ContentProblem[]; warnings: ContentProblem[] };
}
export interface VersionListed {
  version: number;
  written_at: string;
  deleted: boolean;
  newest: boolean;
}
