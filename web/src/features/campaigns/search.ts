import type { CampaignsQuery } from '@/api/campaigns';
import { readOneOf, readPage, readText, type RawSearch } from '@/features/common/search';

export const SORTS = [
  'name',
  'label',
  'state',
  'folder',
  'updated',
  'next_launch',
  'last_run',
] as const;
export type CampaignsSort = (typeof SORTS)[number];

export const STATES = [
  'draft',
  'publishing',
  'scheduled',
  'live',
  'suspended',
  'closed',
  'completed',
  'stopped',
  'archived',
] as const;

export const PAGE_SIZE = 100;

export interface CampaignsSearch {
  search?: string;
  /** In one of these states, with commas. */
  state?: string;
  /** With all of these tags, with commas. */
  tag?: string;
  folder?: string;
  /** Only those that somebody should look at. */
  attention?: 'yes';
  sort?: CampaignsSort;
  /** The greatest come first. */
  order?: 'descending';
  page?: number;
}

export function readCampaignsSearch(raw: RawSearch): CampaignsSearch {
  return {
    search: readText(raw, 'search'),
    state: readText(raw, 'state'),
    tag: readText(raw, 'tag'),
    folder: readText(raw, 'folder'),
    attention: readOneOf(raw, 'attention', ['yes']),
    sort: readOneOf(raw, 'sort', SORTS),
    order: readOneOf(raw, 'order', ['descending']),
    page: readPage(raw),
  };
}

export function listOf(text: string | undefined): string[] {
  return text?.split(',').filter(Boolean) ?? [];
}

/** What the server is asked; without another order, as campaigns are called. */
export function queryOf(search: CampaignsSearch): CampaignsQuery {
  const { search: text, state, tag, folder, attention, sort, order, page = 1 } = search;
  const by = sort ?? 'label';
  return {
    search: text,
    state,
    tag,
    folder,
    attention: attention === 'yes' ? true : undefined,
    sort: order === undefined ? by : `${by}:${order}`,
    limit: PAGE_SIZE,
    offset: (page - 1) * PAGE_SIZE,
  };
}
