import { readOneOf, readText, type RawSearch } from '@/features/common/search';

export const SORTS = ['name', 'state', 'updated', 'next_launch', 'last_run'] as const;
export type CampaignsSort = (typeof SORTS)[number];

export interface CampaignsSearch {
  search?: string;
  state?: string;
  tag?: string;
  folder?: string;
  sort?: CampaignsSort;
}

export function readCampaignsSearch(raw: RawSearch): CampaignsSearch {
  return {
    search: readText(raw, 'search'),
    state: readText(raw, 'state'),
    tag: readText(raw, 'tag'),
    folder: readText(raw, 'folder'),
    sort: readOneOf(raw, 'sort', SORTS),
  };
}
