import { readOneOf, readText, type RawSearch } from '@/features/common/search';
import { MAIL_VIEWS, type MailView } from '@/mail/views';

export interface ContentsSearch {
  search?: string;
  kind?: 'content' | 'fragment';
  tag?: string;
  folder?: string;
}

export function readContentsSearch(raw: RawSearch): ContentsSearch {
  return {
    search: readText(raw, 'search'),
    kind: readOneOf(raw, 'kind', ['content', 'fragment']),
    tag: readText(raw, 'tag'),
    folder: readText(raw, 'folder'),
  };
}

export interface ContentSearch {
  view?: MailView;
}

export function readContentSearch(raw: RawSearch): ContentSearch {
  return { view: readOneOf(raw, 'view', MAIL_VIEWS) };
}
