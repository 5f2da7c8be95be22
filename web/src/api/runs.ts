import {
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQueries,
  useQuery,
  useQueryClient,
  type QueryClient,
} from '@tanstack/react-query';
import { apiGet, apiPost } from '@/api/client';
import type {
  AlertTold,
  LedgerPage,
  LedgerQuery,
  LogEntry,
  LogQuery,
  Population,
  RunListed,
  RunSummary,
  TaskPage,
  TaskQuery,
  Trace,
} from '@/api/types';

const RUNNING_REFRESH_MS = 1_000;
const PAUSED_REFRESH_MS = 5_000;
const LIST_REFRESH_MS = 3_000;
const ALERTS_REFRESH_MS = 20_000;
const ALERT_PAGE = 50;
const RUN_PAGE = 100;
const LOG_PAGE = 100;
const TASKS_MAX = 2_000;

export function useRuns(campaign: string | undefined, limit = 100) {
  return useQuery({
    queryKey: ['runs', { campaign, limit }],
    queryFn: ({ signal }) => apiGet<RunListed[]>('/runs', { campaign, limit }, signal),
    refetchInterval: ({ state }) =>
      state.data?.some((run) => run.state === 'running') === true ? LIST_REFRESH_MS : false,
  });
}

/** Which runs are wanted; times are dates, times or date math. */
export interface RunsQuery {
  campaign?: string;
  /** With commas. */
  state?: string;
  mode?: string;
  since?: string;
  until?: string;
}

/** Runs, newest first, page after page; read again every few seconds while one of them is going. */
export function useRunPages(query: RunsQuery) {
  return useInfiniteQuery({
    queryKey: ['runs', { pages: query }],
    queryFn: ({ pageParam, signal }) =>
      apiGet<RunListed[]>('/runs', { ...query, before: pageParam, limit: RUN_PAGE }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => (last.length < RUN_PAGE ? undefined : last.at(-1)?.run),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) =>
      state.data?.pages.flat().some((run) => run.state === 'running') === true
        ? LIST_REFRESH_MS
        : false,
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

export type RunAction = 'pause' | 'resume' | 'resume?edited=true' | 'stop';

export function useRunAction(run: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (action: RunAction) =>
      apiPost<unknown>(`/runs/${encodeURIComponent(run)}/${action}`),
    onSuccess: () => client.invalidateQueries({ queryKey: ['runs'] }),
  });
}

/** Begins a run like another, or opens it again; answers the run that goes on. */
export function useRestart(run: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (how: { from?: string; edited?: boolean }) =>
      apiPost<{ run: string }>(`/runs/${encodeURIComponent(run)}/restart`, how),
    onSuccess: () => client.invalidateQueries({ queryKey: ['runs'] }),
  });
}

/** Gives an answer to what an activity waits for; without one it just goes on. */
export function useAnswer(run: string, activity: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (answer: { answer?: string; by?: string | null; comment?: string | null }) =>
      apiPost<unknown>(
        `/runs/${encodeURIComponent(run)}/activities/${encodeURIComponent(activity)}/approve`,
        answer,
      ),
    onSuccess: () => client.invalidateQueries({ queryKey: ['runs'] }),
  });
}

/** Tries a failed activity again, gives one up that has not done its work, or ends a wait. */
export type ActivityAction = 'retry' | 'retry?edited=true' | 'skip' | 'go-on';

export function useActivityAction(run: string, activity: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (action: ActivityAction) =>
      apiPost<unknown>(
        `/runs/${encodeURIComponent(run)}/activities/${encodeURIComponent(activity)}/${action}`,
      ),
    onSuccess: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: ['runs'] }),
        client.invalidateQueries({ queryKey: ['tasks', run] }),
        client.invalidateQueries({ queryKey: ['logs', run] }),
      ]),
  });
}

/** What the activities of a run have told people, newest first. */
export function useAlerts(run: string, live: boolean) {
  return useQuery({
    queryKey: ['alerts', run],
    queryFn: ({ signal }) => apiGet<AlertTold[]>('/alerts', { run }, signal),
    refetchInterval: live ? LIST_REFRESH_MS : false,
  });
}

/** What all runs have told people, newest first, page after page. */
export function useAllAlerts(campaign: string | undefined) {
  return useInfiniteQuery({
    queryKey: ['alerts', { campaign }],
    queryFn: ({ pageParam, signal }) =>
      apiGet<AlertTold[]>('/alerts', { campaign, before: pageParam, limit: ALERT_PAGE }, signal),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: (last) => (last.length < ALERT_PAGE ? undefined : last.at(-1)?.seq),
  });
}

/** The newest alerts, looked at now and then. */
export function useNewestAlerts(limit: number) {
  return useQuery({
    queryKey: ['alerts', { newest: limit }],
    queryFn: ({ signal }) => apiGet<AlertTold[]>('/alerts', { limit }, signal),
    refetchInterval: ALERTS_REFRESH_MS,
    retry: false,
  });
}

/** The log of a run, newest first, a page at a time; read again every few seconds while `live`. */
export function useLogs(run: string, query: LogQuery, live: boolean) {
  return useInfiniteQuery({
    queryKey: ['logs', run, query],
    queryFn: ({ pageParam, signal }) =>
      apiGet<LogEntry[]>('/logs', { run, ...query, before: pageParam, limit: LOG_PAGE }, signal),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: (last) => (last.length < LOG_PAGE ? undefined : last.at(-1)?.seq),
    placeholderData: keepPreviousData,
    refetchInterval: live ? LIST_REFRESH_MS : false,
  });
}

/** What each activity of a run did; read again every few seconds while `live`. */
export function useTasks(run: string, query: TaskQuery, live: boolean) {
  return useQuery({
    queryKey: ['tasks', run, query],
    queryFn: ({ signal }) =>
      apiGet<TaskPage>(
        `/runs/${encodeURIComponent(run)}/tasks`,
        { ...query, limit: TASKS_MAX },
        signal,
      ),
    placeholderData: keepPreviousData,
    refetchInterval: live ? LIST_REFRESH_MS : false,
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

export interface RowsView {
  port: string;
  order?: string;
  search?: string;
}

/** Rows that are fetched at a time while a table is scrolled. */
export const ROWS_PAGE = 200;

/** The first rows of a population as they are looked at, and how many there are. */
export function useRowsView(run: string, activity: string, view: RowsView & { offset: number }) {
  return useQuery({ ...rowsQuery(run, activity, view), placeholderData: keepPreviousData });
}

/** Pages of a population, in their order; those on their way are not there. */
export function useRowsPages(run: string, activity: string, view: RowsView, pages: number[]) {
  return useQueries({
    queries: pages.map((page) => rowsQuery(run, activity, { ...view, offset: page * ROWS_PAGE })),
    combine: (results) => results.map(({ data }) => data),
  });
}

function rowsQuery(run: string, activity: string, view: RowsView & { offset: number }) {
  return {
    queryKey: ['populations', run, activity, 'rows', view],
    queryFn: ({ signal }: { signal: AbortSignal }) =>
      apiGet<Population>(
        `/runs/${encodeURIComponent(run)}/populations/${encodeURIComponent(activity)}`,
        { ...view, limit: ROWS_PAGE },
        signal,
      ),
    staleTime: 60_000,
  };
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

/** The way of one row through a run. */
export function useTrace(run: string, key: string, dimension: string | undefined) {
  return useQuery({
    queryKey: ['trace', run, key, dimension],
    queryFn: ({ signal }) =>
      apiGet<Trace>(
        `/runs/${encodeURIComponent(run)}/trace/${encodeURIComponent(key)}`,
        { dimension },
        signal,
      ),
  });
}

function refreshOf(state: RunSummary['state'] | undefined): number | false {
  if (state === 'running') return RUNNING_REFRESH_MS;
  return state === 'paused' || state === 'held' ? PAUSED_REFRESH_MS : false;
}

function refreshLists(client: QueryClient): void {
  void client.invalidateQueries({
    predicate: ({ queryKey: [area, detail] }) => area === 'campaigns' && typeof detail === 'object',
  });
  void client.invalidateQueries({
    predicate: ({ queryKey: [area, detail] }) => area === 'runs' && typeof detail === 'object',
  });
  void client.invalidateQueries({ queryKey: ['populations'] });
  void client.invalidateQueries({ queryKey: ['ledger'] });
  // Rules of a canvas are counted in its newest run.
  void client.invalidateQueries({ queryKey: ['count'] });
}
