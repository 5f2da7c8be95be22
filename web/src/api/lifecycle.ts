import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { apiGet, apiPost } from '@/api/client';
import { refreshCampaigns } from '@/api/documents';
import type { DryRun, Launch, SignalAnswer } from '@/api/types';

/** How often launches are looked at while somebody sees them. */
const LAUNCHES_REFRESH_MS = 10_000;

interface Description {
  paths: Record<string, unknown>;
}

/** Whether the server has an operation, by its path in the description, which is asked for when it is `wanted`. */
export function useOperations(wanted = true): (path: string) => boolean {
  const { data } = useQuery({
    queryKey: ['openapi'],
    queryFn: ({ signal }) => apiGet<Description>('/openapi.json', {}, signal),
    enabled: wanted,
    staleTime: Infinity,
    retry: false,
  });
  return (path) => data?.paths[`/api/v1${path}`] !== undefined;
}

export type CampaignAction =
  'publish' | 'unpublish' | 'suspend' | 'continue' | 'close' | 'stop' | 'archive' | 'restore';

export function useCampaignAction() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ name, action }: { name: string; action: CampaignAction }) =>
      apiPost<unknown>(`/campaigns/${encodeURIComponent(name)}/${action}`),
    onSettled: () =>
      Promise.all([
        refreshCampaigns(client),
        client.invalidateQueries({ queryKey: ['runs'] }),
        client.invalidateQueries({ queryKey: ['launches'] }),
      ]),
  });
}

/** What a dry run is about. */
export interface DryRunQuestion {
  variables: Record<string, string>;
  /** What somebody works on, in place of a version. */
  draft: boolean;
  /** The version that a live run takes, where a newer one waits for its time. */
  in_force: boolean;
}

/** What a run would do now; asked only while somebody wants to know. `text` tells one text of the campaign from another. */
export function useDryRun(name: string, question: DryRunQuestion, text: string, enabled: boolean) {
  return useQuery({
    queryKey: ['dry-run', name, question, text],
    queryFn: ({ signal }) =>
      apiPost<DryRun>(`/campaigns/${encodeURIComponent(name)}/dry-run`, question, signal),
    enabled,
    retry: false,
    gcTime: 0,
  });
}

export interface SchedulePreview {
  /** RFC 3339, with the offset of the campaign's zone. */
  launches: string[];
  time_zone: string;
  words: string;
}

/** The next launches of a campaign by its newest version. */
export function useNextLaunches(name: string, next: number, enabled: boolean) {
  return useQuery({
    queryKey: ['campaigns', name, 'schedule', next],
    queryFn: ({ signal }) =>
      apiGet<SchedulePreview>(`/campaigns/${encodeURIComponent(name)}/schedule`, { next }, signal),
    enabled,
    retry: false,
  });
}

/** What became of the planned times and the signals of a campaign, newest first. */
export function useLaunchesOf(name: string, limit: number) {
  return useQuery({
    queryKey: ['launches', name, limit],
    queryFn: ({ signal }) =>
      apiGet<Launch[]>(`/campaigns/${encodeURIComponent(name)}/launches`, { limit }, signal),
    placeholderData: keepPreviousData,
    refetchInterval: LAUNCHES_REFRESH_MS,
  });
}

export interface Signal {
  variables: Record<string, unknown>;
  idempotency_key?: string;
}

/** Runs a campaign that waits for signals. */
export function useSignal(name: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (signal: Signal) =>
      apiPost<SignalAnswer>(`/campaigns/${encodeURIComponent(name)}/signal`, signal),
    onSettled: () =>
      Promise.all([
        refreshCampaigns(client),
        client.invalidateQueries({ queryKey: ['runs'] }),
        client.invalidateQueries({ queryKey: ['launches'] }),
      ]),
  });
}

export interface LaunchQuestion {
  schedule: unknown;
  time_zone: string;
  next: number;
}

/** The next launches of a schedule that is being written. */
export function useLaunches(question: LaunchQuestion, enabled: boolean) {
  return useQuery({
    queryKey: ['launches', question],
    queryFn: ({ signal }) => apiPost<unknown>('/schedule/preview', question, signal),
    enabled,
    retry: false,
    select: launchTimes,
  });
}

/** RFC 3339 times, however they are wrapped. */
function launchTimes(answer: unknown): string[] {
  if (Array.isArray(answer)) return answer.map(timeOf);
  const inner = answer as { launches?: unknown[]; times?: unknown[] } | null;
  return (inner?.launches ?? inner?.times ?? []).map(timeOf);
}

function timeOf(each: unknown): string {
  if (typeof each === 'string') return each;
  return String((each as { at?: unknown } | null)?.at ?? '');
}
