import { readOneOf, readText, type RawSearch } from '@/features/common/search';

export const TABS = ['columns', 'quality', 'versions'] as const;

export interface TablesSearch {
  table?: string;
  tab?: (typeof TABS)[number];
  view?: 'diagram';
}

export function readTablesSearch(raw: RawSearch): TablesSearch {
  return {
    table: readText(raw, 'table'),
    tab: readOneOf(raw, 'tab', TABS),
    view: readOneOf(raw, 'view', ['diagram']),
  };
}
