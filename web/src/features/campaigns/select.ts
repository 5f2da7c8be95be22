import type { CampaignListed } from '@/api/types';
import type { CampaignsSearch, CampaignsSort } from '@/features/campaigns/search';

/** The campaigns that a search leaves; every word has to be somewhere in what is shown. */
export function selectCampaigns(
  campaigns: CampaignListed[],
  { search = '', state, tag, folder, sort }: CampaignsSearch,
): CampaignListed[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const left = campaigns.filter((campaign) => {
    if (state !== undefined && campaign.state !== state) return false;
    if (tag !== undefined && !(campaign.tags ?? []).includes(tag)) return false;
    if (folder !== undefined && !isBelow(campaign.folder ?? '', folder)) return false;
    const { name, label, description, tags } = campaign;
    const text = [name, label, description, ...(tags ?? [])].join(' ').toLowerCase();
    return words.every((word) => text.includes(word));
  });
  return sort === undefined ? left : left.toSorted(ORDERS[sort]);
}

function isBelow(folder: string, wanted: string): boolean {
  return folder === wanted || folder.startsWith(`${wanted}/`);
}

/** Times that are not there come last. */
const ORDERS: Record<CampaignsSort, (a: CampaignListed, b: CampaignListed) => number> = {
  name: (a, b) => (a.label ?? a.name).localeCompare(b.label ?? b.name),
  state: (a, b) => a.state.localeCompare(b.state),
  updated: (a, b) => b.updated_at.localeCompare(a.updated_at),
  next_launch: (a, b) => (a.next_launch_at ?? '~').localeCompare(b.next_launch_at ?? '~'),
  last_run: (a, b) => (b.last_run?.started_at ?? '').localeCompare(a.last_run?.started_at ?? ''),
};
