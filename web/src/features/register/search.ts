import { readOneOf, readPage, readText, type RawSearch } from '@/features/common/search';

export const LISTS = ['opt-out', 'suppression'] as const;

export interface RegisterSearch {
  list?: (typeof LISTS)[number];
  subject?: string;
  search?: string;
  page?: number;
  /** A person who is about to be added, and their dimension. */
  add?: string;
  dimension?: string;
}

export function readRegisterSearch(raw: RawSearch): RegisterSearch {
  return {
    list: readOneOf(raw, 'list', LISTS),
    subject: readText(raw, 'subject'),
    search: readText(raw, 'search'),
    page: readPage(raw),
    add: readText(raw, 'add'),
    dimension: readText(raw, 'dimension'),
  };
}
