/** Files as they lie in folders. Pure. */
import type { StoredFile } from '@/api/files';

export interface Folder {
  /** Its path below the topmost folder. */
  path: string;
  name: string;
  files: number;
  bytes: number;
}
export interface Contents {
  folders: Folder[];
  files: StoredFile[];
}

/** What lies in a folder; with a search, all files below it whose path has the text. */
export function contentsOf(files: StoredFile[], folder: string, search = ''): Contents {
  const prefix = folder === '' ? '' : `${folder}/`;
  const below = files.filter(({ name }) => name.startsWith(prefix));
  const wanted = search.trim().toLowerCase();
  if (wanted !== '') {
    const found = below.filter(({ name }) => name.toLowerCase().includes(wanted));
    return { folders: [], files: found };
  }
  const folders = new Map<string, Folder>();
  const here: StoredFile[] = [];
  for (const file of below) {
    const rest = file.name.slice(prefix.length);
    const end = rest.indexOf('/');
    if (end === -1) {
      here.push(file);
      continue;
    }
    const name = rest.slice(0, end);
    const known = folders.get(name) ?? { path: `${prefix}${name}`, name, files: 0, bytes: 0 };
    folders.set(name, { ...known, files: known.files + 1, bytes: known.bytes + file.bytes });
  }
  const sorted = [...folders.values()].sort((a, b) => a.name.localeCompare(b.name));
  return { folders: sorted, files: here };
}

/** The folders on the way to one, the topmost first. */
export function wayTo(folder: string): { path: string; name: string }[] {
  const parts = folder.split('/').filter((part) => part !== '');
  return parts.map((name, index) => ({ path: parts.slice(0, index + 1).join('/'), name }));
}

/** Where a file of this name is put in a folder that somebody typed. */
export function pathIn(folder: string, name: string): string {
  return [...wayTo(folder.trim()).map((part) => part.name), name].join('/');
}
