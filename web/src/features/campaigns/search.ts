import { readText, type RawSearch } from '@/features/common/search';

export interface CampaignsSearch {
  search?: string;
  state?: string;
  tag?: string;
  folder?: string;
}

export function readCampaignsSearch(raw: RawSearch): CampaignsSearch {
  return {
    search: readText(raw, 'search'),
    state: readText(raw, 'state'),
    tag: readText(raw, 'tag'),
    folder: readText(raw, 'folder'),
  };
}
