import { readPage, readText, type RawSearch } from '@/features/common/search';

export interface PeopleSearch {
  dimension?: string;
  search?: string;
  page?: number;
}

export function readPeopleSearch(raw: RawSearch): PeopleSearch {
  return {
    dimension: readText(raw, 'dimension'),
    search: readText(raw, 'search'),
    page: readPage(raw),
  };
}

export interface PersonSearch {
  /** The run whose way of the person is shown. */
  trace?: string;
}

export function readPersonSearch(raw: RawSearch): PersonSearch {
  return { trace: readText(raw, 'trace') };
}
