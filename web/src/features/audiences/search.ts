import { readPage, readText, type RawSearch } from '@/features/common/search';

export interface AudiencesSearch {
  audience?: string;
  page?: number;
  search?: string;
}

export function readAudiencesSearch(raw: RawSearch): AudiencesSearch {
  return {
    audience: readText(raw, 'audience'),
    page: readPage(raw),
    search: readText(raw, 'search'),
  };
}
