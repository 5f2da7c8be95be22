import {
  keepPreviousData,
  useMutation,
  useQueries,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import { apiGet, apiGetPage, apiPost } from '@/api/client';
import { useOperations } from '@/api/lifecycle';
import type {
  ActivityKind,
  Campaign,
  CampaignDocument,
  CampaignListed,
  ContentDocument,
  JsonSchema,
  RunMode,
} from '@/api/types';

/** How often a list that contains a running run is read again. */
const LIST_REFRESH_MS = 3_000;

/** What is asked of the list of campaigns; lists with commas. */
export interface CampaignsQuery {
  search?: string;
  state?: string;
  tag?: string;
  folder?: string;
  attention?: boolean;
  sort?: string;
  limit: number;
  offset: number;
}

/** A page of the list; read again every few seconds while one of its campaigns runs. */
export function useCampaignsPage(query: CampaignsQuery) {
  return useQuery({
    // An object can be no campaign's name.
    queryKey: ['campaigns', { page: query }],
    queryFn: ({ signal }) => apiGetPage<CampaignListed>('/campaigns', { ...query }, signal),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) =>
      state.data?.items.some(({ last_run }) => last_run?.state === 'running') === true
        ? LIST_REFRESH_MS
        : false,
  });
}

/** How many campaigns are in a state; without one, in any but the archive. */
export function useCampaignCount(state: string | undefined) {
  return useQuery({
    queryKey: ['campaigns', { count: state }],
    queryFn: ({ signal }) => apiGetPage<CampaignListed>('/campaigns', { state, limit: 1 }, signal),
    select: ({ total }) => total,
  });
}

export function useCampaign(name: string | undefined) {
  return useQuery({ ...campaignQuery(name ?? ''), enabled: name !== undefined });
}

/** What several campaigns say; those that are on their way or gone are not there. */
export function useCampaignDocuments(names: string[]): CampaignDocument[] {
  return useQueries({
    queries: [...new Set(names)].map((name) => ({ ...campaignQuery(name), staleTime: 60_000 })),
    combine: documentsOf,
  });
}

function campaignQuery(name: string) {
  return {
    queryKey: ['campaigns', name],
    queryFn: ({ signal }: { signal: AbortSignal }) =>
      apiGet<Campaign>(`/campaigns/${encodeURIComponent(name)}`, {}, signal),
  };
}

function documentsOf(results: { data?: Campaign | undefined }[]): CampaignDocument[] {
  return results.flatMap(({ data }) => (data === undefined ? [] : [data.document]));
}

/** The campaign as it stood at `version`; asked only when `version` is given. */
export function useCampaignVersion(name: string, version: number | undefined) {
  return useQuery({
    queryKey: ['documents', 'campaign', name, version],
    queryFn: ({ signal }) =>
      apiGet<CampaignDocument>(
        `/documents/campaign/${encodeURIComponent(name)}`,
        { version },
        signal,
      ),
    enabled: version !== undefined,
    staleTime: Infinity,
  });
}

/** The content document that a message names in place of a text of its own. */
export function useContent(name: string) {
  return useQuery({
    queryKey: ['documents', 'content', name],
    queryFn: ({ signal }) =>
      apiGet<ContentDocument>(`/documents/content/${encodeURIComponent(name)}`, {}, signal),
  });
}

export function useActivityKinds() {
  return useQuery({
    queryKey: ['activity-kinds'],
    queryFn: ({ signal }) => apiGet<ActivityKind[]>('/activity-kinds', {}, signal),
    staleTime: Infinity,
  });
}

export interface RunStart {
  mode: RunMode;
  variables: Record<string, string>;
  /** Whether mailings that would ask first send at once. */
  confirm: boolean;
}

export function useStartRun(campaign: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (start: RunStart) =>
      apiPost<{ run: string }>(`/campaigns/${encodeURIComponent(campaign)}/run`, start),
    onSuccess: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: ['campaigns'] }),
        client.invalidateQueries({ queryKey: ['runs'] }),
      ]),
  });
}

/** What every activity can be told, whatever its kind; nothing where the server does not say. */
export function useCommonSettings(): JsonSchema | undefined {
  const has = useOperations();
  const { data } = useQuery({
    queryKey: ['activity-settings'],
    queryFn: ({ signal }) =>
      apiGet<{ settings_schema: JsonSchema }>('/activity-settings', {}, signal),
    enabled: has('/activity-settings'),
    staleTime: Infinity,
    retry: false,
  });
  return data?.settings_schema;
}
