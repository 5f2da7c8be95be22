import type { CampaignListed } from '@/api/types';
import type { CampaignsSearch } from '@/features/campaigns/search';

/** The campaigns that a search leaves; every word has to be somewhere in what is shown. */
export function selectCampaigns(
  campaigns: CampaignListed[],
  { search = '', state, tag, folder }: CampaignsSearch,
): CampaignListed[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return campaigns.filter((campaign) => {
    if (state !== undefined && campaign.state !== state) return false;
    if (tag !== undefined && !(campaign.tags ?? []).includes(tag)) return false;
    if (folder !== undefined && campaign.folder !== folder) return false;
    const { name, label, description, tags } = campaign;
    const text = [name, label, description, ...(tags ?? [])].join(' ').toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
