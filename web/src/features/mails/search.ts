import {
  MESSAGE_VIEWS,
  MESSAGE_WIDTHS,
  type MessagePart,
  type MessageWidth,
} from '@/features/common/messageParts';
import { readOneOf, readPage, readText, type RawSearch } from '@/features/common/search';

export interface MailsSearch {
  search?: string;
  page?: number;
  message?: string;
  view?: MessagePart;
  width?: MessageWidth;
}

export function readMailsSearch(raw: RawSearch): MailsSearch {
  return {
    search: readText(raw, 'search'),
    page: readPage(raw),
    message: readText(raw, 'message'),
    view: readOneOf(raw, 'view', MESSAGE_VIEWS),
    width: readOneOf(raw, 'width', MESSAGE_WIDTHS),
  };
}
