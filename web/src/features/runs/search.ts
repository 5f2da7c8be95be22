import type { RunsQuery } from '@/api/runs';
import { readOneOf, readText, type RawSearch } from '@/features/common/search';

export const RUN_STATES = ['running', 'paused', 'held', 'completed', 'failed', 'stopped'] as const;
export const RUN_MODES = ['live', 'test'] as const;

export interface RunsSearch {
  campaign?: string;
  /** In one of these states, with commas. */
  state?: string;
  mode?: (typeof RUN_MODES)[number];
  /** The first and the last day on which they began, where the reader is. */
  from?: string;
  to?: string;
}

export function readRunsSearch(raw: RawSearch): RunsSearch {
  return {
    campaign: readText(raw, 'campaign'),
    state: readText(raw, 'state'),
    mode: readOneOf(raw, 'mode', RUN_MODES),
    from: readDay(raw, 'from'),
    to: readDay(raw, 'to'),
  };
}

function readDay(raw: RawSearch, name: string): string | undefined {
  const text = readText(raw, name);
  return text !== undefined && /^\d{4}-\d\d-\d\d$/.test(text) ? text : undefined;
}

/** What the server is asked; days are those of the reader. */
export function queryOf({ campaign, state, mode, from, to }: RunsSearch): RunsQuery {
  return { campaign, state, mode, since: momentOf(from, false), until: momentOf(to, true) };
}

/** When a day begins, or its last moment. */
function momentOf(day: string | undefined, end: boolean): string | undefined {
  if (day === undefined) return undefined;
  const date = new Date(`${day}T00:00:00`);
  if (Number.isNaN(date.getTime())) return undefined;
  if (end) {
    date.setDate(date.getDate() + 1);
    date.setMilliseconds(-1);
  }
  return date.toISOString();
}
