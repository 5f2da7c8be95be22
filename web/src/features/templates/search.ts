import { readText, type RawSearch } from '@/features/common/search';

export interface TemplatesSearch {
  search?: string;
  /** The template that a campaign is being made of. */
  use?: string;
}

export function readTemplatesSearch(raw: RawSearch): TemplatesSearch {
  return { search: readText(raw, 'search'), use: readText(raw, 'use') };
}
