import {
  MESSAGE_VIEWS,
  MESSAGE_WIDTHS,
  type MessagePart,
  type MessageWidth,
} from '@/features/common/messageParts';
import { readOneOf, readPage, readText, type RawSearch } from '@/features/common/search';

export interface RunSearch {
  activity?: string;
  status?: string;
  reason?: string;
  search?: string;
  page?: number;
  /** Key and activity of the ledger line that is open. */
  line?: string;
  of?: string;
  view?: MessagePart;
  width?: MessageWidth;
}

export function readRunSearch(raw: RawSearch): RunSearch {
  return {
    activity: readText(raw, 'activity'),
    status: readText(raw, 'status'),
    reason: readText(raw, 'reason'),
    search: readText(raw, 'search'),
    page: readPage(raw),
    line: readText(raw, 'line'),
    of: readText(raw, 'of'),
    view: readOneOf(raw, 'view', MESSAGE_VIEWS),
    width: readOneOf(raw, 'width', MESSAGE_WIDTHS),
  };
}
