import { readOneOf, readText, type RawSearch } from '@/features/common/search';

export const SECTIONS = ['channels', 'dimensions', 'filters', 'audit', 'server'] as const;
export type Section = (typeof SECTIONS)[number];

export interface AdminSearch {
  section?: Section;
  /** The document that is open. */
  name?: string;
}

export function readAdminSearch(raw: RawSearch): AdminSearch {
  return { section: readOneOf(raw, 'section', SECTIONS), name: readText(raw, 'name') };
}
