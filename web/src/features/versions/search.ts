import { type RawSearch } from '@/features/common/search';

export interface VersionsSearch {
  from?: number;
  to?: number;
}

export function readVersionsSearch(raw: RawSearch): VersionsSearch {
  return { from: readVersion(raw.from), to: readVersion(raw.to) };
}

function readVersion(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : undefined;
}
