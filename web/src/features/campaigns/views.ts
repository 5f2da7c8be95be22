/** Kept views and the address of the list say the same. Pure. */
import type { ViewDocument } from '@/api/library';
import { listOf, readCampaignsSearch, type CampaignsSearch } from '@/features/campaigns/search';

export function viewOf(name: string, label: string, search: CampaignsSearch): ViewDocument {
  const { search: text, state, tag, folder, attention, sort, order } = search;
  const states = listOf(state);
  const tags = listOf(tag);
  return {
    kind: 'view',
    name,
    label,
    list: 'campaigns',
    filter: {
      ...(text !== undefined && { search: text }),
      ...(states.length > 0 && { states }),
      ...(tags.length > 0 && { tags }),
      ...(folder !== undefined && { folder }),
      ...(attention === 'yes' && { attention: true }),
      ...(sort !== undefined && { sort }),
      ...(order === 'descending' && { descending: true }),
    },
  };
}

export function searchOf({ filter }: Pick<ViewDocument, 'filter'>): CampaignsSearch {
  return readCampaignsSearch({
    search: filter.search,
    state: filter.states?.join(','),
    tag: filter.tags?.join(','),
    folder: filter.folder,
    attention: filter.attention === true ? 'yes' : undefined,
    sort: filter.sort,
    order: filter.descending === true ? 'descending' : undefined,
  });
}
