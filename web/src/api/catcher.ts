import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { apiGet } from '@/api/client';
import type { CaughtListed, CaughtMessage, CaughtPage } from '@/api/types';

const REFRESH_MS = 5_000;
/** How many messages of one key or address are looked through for the one of a ledger line. */
const CANDIDATES_MAX = 200;

export function useCaughtMessages(search: string, page: { limit: number; offset: number }) {
  return useQuery({
    queryKey: ['catcher', { search, ...page }],
    queryFn: ({ signal }) => apiGet<CaughtPage>('/catcher/messages', { search, ...page }, signal),
    placeholderData: keepPreviousData,
    refetchInterval: REFRESH_MS,
  });
}

export function useCaughtMessage(id: string | undefined) {
  return useQuery({
    queryKey: ['catcher', id],
    queryFn: ({ signal }) =>
      apiGet<CaughtMessage>(`/catcher/messages/${encodeURIComponent(id ?? '')}`, {}, signal),
    enabled: id !== undefined,
    staleTime: Infinity,
  });
}

/** What identifies one message of the ledger among the caught ones. */
export interface LedgerKey {
  run: string;
  activity: string;
  key: string;
  message_id: string | null;
}

/** The caught message of a ledger line, or `null` if the catcher does not have it. */
export function useCaughtForLine(line: LedgerKey | undefined) {
  return useQuery({
    queryKey: ['catcher', 'line', line],
    queryFn: ({ signal }) => (line === undefined ? null : findCaught(line, signal)),
    enabled: line !== undefined,
  });
}

async function findCaught(line: LedgerKey, signal: AbortSignal): Promise<CaughtListed | null> {
  const { run, activity, key, message_id } = line;
  const searches = [
    `run:${run} activity:${activity} key:${key}`,
    message_id?.replaceAll(/[<>]/g, ''),
    key,
  ];
  for (const search of searches) {
    if (!search) continue;
    const page = await apiGet<CaughtPage>(
      '/catcher/messages',
      { search, limit: CANDIDATES_MAX },
      signal,
    );
    const found = page.messages.find(
      (message) => message.run === run && message.activity === activity && message.key === key,
    );
    if (found !== undefined) return found;
  }
  return null;
}
