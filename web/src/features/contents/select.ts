/** Which contents are listed. Pure. */
import type { ContentListed } from '@/api/contents';
import type { ContentsSearch } from '@/features/contents/search';

export function selectContents(all: ContentListed[], asked: ContentsSearch): ContentListed[] {
  const words = asked.search?.toLowerCase();
  return all.filter(
    ({ kind, name, label, subject, description, tags, folder }) =>
      (asked.kind === undefined || kind === asked.kind) &&
      (asked.tag === undefined || tags.includes(asked.tag)) &&
      (asked.folder === undefined || folder === asked.folder) &&
      (words === undefined ||
        [name, label, subject, description].some((text) => text?.toLowerCase().includes(words))),
  );
}
