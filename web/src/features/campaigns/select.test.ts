import { expect, it } from 'vitest';
import type { CampaignListed } from '@/api/types';
import { selectCampaigns } from '@/features/campaigns/select';

const base = { version: 1, activities: 3, updated_at: '', last_run: null };
const all: CampaignListed[] = [
  { ...base, name: 'winback', label: 'Win back lapsed', tags: ['email'], state: 'live' },
  { ...base, name: 'vip', label: null, tags: null, state: 'draft', description: 'The best ones' },
];

it.each([
  [{}, ['winback', 'vip']],
  [{ search: 'WIN email' }, ['winback']],
  [{ search: 'best' }, ['vip']],
  [{ search: 'nobody' }, []],
  [{ state: 'draft' }, ['vip']],
  [{ tag: 'email' }, ['winback']],
  [{ tag: 'email', state: 'draft' }, []],
])('%j', (search, names) => {
  expect(selectCampaigns(all, search).map(({ name }) => name)).toEqual(names);
});
