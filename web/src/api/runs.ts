import {
  keepPreviousData,
  useMutation,
  useQuery,
  useQueryClient,
  type QueryClient,
} from '@tanstack/react-query';
import { apiGet, apiPost } from '@/api/client';
import type { LedgerPage, LedgerQuery, Population, RunListed, RunSummary } from '@/api/types';

const RUNNING_REFRESH_MS = 1_000;
const PAUSED_REFRESH_MS = 5_000;
const LIST_REFRESH_MS = 3_000;

export function useRuns(campaign: string | undefined, limit = 100) {
  return useQuery({
    queryKey: ['runs', { campaign, limit }],
    queryFn: ({ signal }) => apiGet<RunListed[]>('/runs', { campaign, limit }, signal),
    refetchInterval: ({ state }) =>
      state.data?.some((run) => run.state === 'running') === true ? LIST_REFRESH_MS : false,
  });
}

/** The run summary, read every second while the run is going. */
export function useRun(run: string | undefined) {
  const client = useQueryClient();
  return useQuery({
    queryKey: ['runs', run],
    queryFn: async ({ signal }) => {
      const key = ['runs', run];
      const before = client.getQueryData<RunSummary>(key)?.state;
      const summary = await apiGet<RunSummary>(
        `/runs/${encodeURIComponent(run ?? '')}`,
        {},
        signal,
      );
      if (before !== undefined && before !== summary.state) refreshLists(client);
      return summary;
    },
    enabled: run !== undefined,
    refetchInterval: ({ state }) => refreshOf(state.data?.state),
  });
}

export function useRunAction(run: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (action: 'pause' | 'resume' | 'stop') =>
      apiPost<unknown>(`/runs/${encodeURIComponent(run)}/${action}`),
    onSuccess: () => client.invalidateQueries({ queryKey: ['runs'] }),
  });
}

export function usePopulation(
  run: string | undefined,
  activity: string,
  port: string,
  page: { limit: number; offset: number },
) {
  return useQuery({
    queryKey: ['populations', run, activity, port, page],
    queryFn: ({ signal }) =>
      apiGet<Population>(
        `/runs/${encodeURIComponent(run ?? '')}/populations/${encodeURIComponent(activity)}`,
        { port, ...page },
        signal,
      ),
    enabled: run !== undefined,
    placeholderData: keepPreviousData,
  });
}

/** One page of the ledger; read again every few seconds while `live`. */
export function useLedger(run: string, query: LedgerQuery, live: boolean) {
  return useQuery({
    queryKey: ['ledger', run, query],
    queryFn: ({ signal }) =>
      apiGet<LedgerPage>(`/runs/${encodeURIComponent(run)}/ledger`, { ...query }, signal),
    placeholderData: keepPreviousData,
    refetchInterval: live ? LIST_REFRESH_MS : false,
  });
}

function refreshOf(state: RunSummary['state'] | undefined): number | false {
  if (state === 'running') return RUNNING_REFRESH_MS;
  return state === 'paused' || state === 'held' ? PAUSED_REFRESH_MS : false;
}

function refreshLists(client: QueryClient): void {
  void client.invalidateQueries({ queryKey: ['campaigns'], exact: true });
  void client.invalidateQueries({
    predicate: ({ queryKey: [area, detail] }) => area === 'runs' && typeof detail === 'object',
  });
  void client.invalidateQueries({ queryKey: ['populations'] });
  void client.invalidateQueries({ queryKey: ['ledger'] });
}
