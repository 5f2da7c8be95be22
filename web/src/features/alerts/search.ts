import { readText, type RawSearch } from '@/features/common/search';

export interface AlertsSearch {
  campaign?: string;
}

export function readAlertsSearch(raw: RawSearch): AlertsSearch {
  return { campaign: readText(raw, 'campaign') };
}
