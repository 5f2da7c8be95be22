import { readText, type RawSearch } from '@/features/common/search';

export interface FilesSearch {
  /** The folder that is open, as `incoming/daily`; the topmost one without it. */
  folder?: string;
  search?: string;
}

export function readFilesSearch(raw: RawSearch): FilesSearch {
  return { folder: readText(raw, 'folder'), search: readText(raw, 'search') };
}
