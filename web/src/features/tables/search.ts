import { readText, type RawSearch } from '@/features/common/search';

export interface TablesSearch {
  table?: string;
}

export function readTablesSearch(raw: RawSearch): TablesSearch {
  return { table: readText(raw, 'table') };
}
