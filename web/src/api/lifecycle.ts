import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { apiGet, apiPost } from '@/api/client';
import type { DryRun } from '@/api/types';

interface Description {
  paths: Record<string, unknown>;
}

/** Whether the server has an operation, by its path in the description. */
export function useOperations(): (path: string) => boolean {
  const { data } = useQuery({
    queryKey: ['openapi'],
    queryFn: ({ signal }) => apiGet<Description>('/openapi.json', {}, signal),
    staleTime: Infinity,
    retry: false,
  });
  return (path) => data?.paths[`/api/v1${path}`] !== undefined;
}

export type CampaignAction = 'publish' | 'unpublish' | 'archive' | 'restore' | 'close' | 'stop';

export function useCampaignAction() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ name, action }: { name: string; action: CampaignAction }) =>
      apiPost<unknown>(`/campaigns/${encodeURIComponent(name)}/${action}`),
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: ['campaigns'] }),
        client.invalidateQueries({ queryKey: ['runs'] }),
      ]),
  });
}

/** What a run would do now; asked only while somebody wants to know. */
export function useDryRun(name: string, version: number, enabled: boolean) {
  return useQuery({
    queryKey: ['dry-run', name, version],
    queryFn: ({ signal }) =>
      apiPost<DryRun>(`/campaigns/${encodeURIComponent(name)}/dry-run`, {}, signal),
    enabled,
    retry: false,
    gcTime: 0,
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
