import { readText, type RawSearch } from '@/features/common/search';

export interface RunsSearch {
  campaign?: string;
}

export function readRunsSearch(raw: RawSearch): RunsSearch {
  return { campaign: readText(raw, 'campaign') };
}
