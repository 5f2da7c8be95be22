import {
  MESSAGE_VIEWS,
  MESSAGE_WIDTHS,
  type MessagePart,
  type MessageWidth,
} from '@/features/common/messageParts';
import { readOneOf, readPage, readText, type RawSearch } from '@/features/common/search';

export const RUN_TABS = ['ledger', 'logs', 'tasks', 'variables'] as const;
export type RunTab = (typeof RUN_TABS)[number];
export const LOG_LEVELS = ['info', 'warning', 'error'] as const;
export const TASK_STATES = [
  'waiting',
  'ready',
  'running',
  'held',
  'completed',
  'failed',
  'skipped',
] as const;

export interface RunSearch {
  /** The ledger where none is named. */
  tab?: RunTab;
  activity?: string;
  status?: string;
  reason?: string;
  search?: string;
  /** Of the log: this level and worse. */
  level?: (typeof LOG_LEVELS)[number];
  /** Of the tasks. */
  state?: (typeof TASK_STATES)[number];
  page?: number;
  /** Key and activity of the ledger line that is open. */
  line?: string;
  of?: string;
  view?: MessagePart;
  width?: MessageWidth;
}

export function readRunSearch(raw: RawSearch): RunSearch {
  return {
    tab: readOneOf(raw, 'tab', RUN_TABS),
    level: readOneOf(raw, 'level', LOG_LEVELS),
    state: readOneOf(raw, 'state', TASK_STATES),
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

export interface TraceSearch {
  /** The dimension whose key it is, where several have it. */
  dimension?: string;
}

export function readTraceSearch(raw: RawSearch): TraceSearch {
  return { dimension: readText(raw, 'dimension') };
}
