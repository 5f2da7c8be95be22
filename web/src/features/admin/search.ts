import { readOneOf, readText, type RawSearch } from '@/features/common/search';

/** Sections with the documents of one kind, in their order. */
export const KIND_OF = {
  channels: 'channel',
  dimensions: 'dimension',
  filters: 'filter',
  calendars: 'calendar',
  tables: 'table',
  audiences: 'audience',
  tests: 'test',
  templates: 'template',
} as const;
export type DocumentKind = (typeof KIND_OF)[keyof typeof KIND_OF];

export const DOCUMENT_SECTIONS = Object.keys(KIND_OF) as (keyof typeof KIND_OF)[];
export const SECTIONS = [...DOCUMENT_SECTIONS, 'audit', 'server'] as const;
export type Section = (typeof SECTIONS)[number];

export interface AdminSearch {
  section?: Section;
  /** The document that is open. */
  name?: string;
  /** Of the audit log: what kind of things were changed. */
  kind?: string;
}

export function readAdminSearch(raw: RawSearch): AdminSearch {
  return {
    section: readOneOf(raw, 'section', SECTIONS),
    name: readText(raw, 'name'),
    kind: readText(raw, 'kind'),
  };
}
