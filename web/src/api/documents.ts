import {
  useMutation,
  useQueries,
  useQuery,
  useQueryClient,
  type QueryClient,
} from '@tanstack/react-query';
import { useMemo } from 'react';
import { apiDelete, apiGet, apiPost } from '@/api/client';
import type {
  CampaignDocument,
  DimensionDocument,
  DocumentHead,
  FilterDocument,
} from '@/api/types';
import { whoAsks } from '@/api/who';
import { tServer } from '@/i18n';

const STALE_MS = 60_000;

export function useDocuments(kind: string) {
  return useQuery({
    queryKey: ['documents', kind],
    queryFn: ({ signal }) => apiGet<DocumentHead[]>(`/documents/${kind}`, {}, signal),
    staleTime: STALE_MS,
    retry: false,
  });
}

/** What campaigns are called, with their tags and folders; the list of campaigns has their states and runs. */
export function useCampaignHeads() {
  return useDocuments('campaign');
}

/** To be called when campaigns have come, gone or changed. */
export function refreshCampaigns(client: QueryClient): Promise<unknown> {
  return Promise.all([
    client.invalidateQueries({ queryKey: ['campaigns'] }),
    client.invalidateQueries({ queryKey: ['documents', 'campaign'] }),
  ]);
}

export function useDimensions(): DimensionDocument[] {
  return useBodies<DimensionDocument>('dimension');
}

/** A filter as the list has it that one chooses from. */
interface ListedFilter {
  name: string;
  label: string | null;
  dimension: string;
  parameters: {
    name: string;
    type: string;
    default: unknown;
    label: string | null;
    values?: string[];
  }[];
  builtin: boolean;
}

/** The filters that one can choose: favourites first, with Tutti's own, and without what is private to others. */
export function useFilters(): FilterDocument[] {
  const documents = useBodies<FilterDocument>('filter');
  const by = whoAsks();
  const { data: listed } = useQuery({
    queryKey: ['documents', 'filter', 'chosen', by],
    queryFn: ({ signal }) => apiGet<ListedFilter[]>('/filters', { by }, signal),
    staleTime: STALE_MS,
    retry: false,
  });
  return useMemo(
    () =>
      (listed ?? []).flatMap((line) =>
        line.builtin ? [ownFilter(line)] : documents.filter(({ name }) => name === line.name),
      ),
    [documents, listed],
  );
}

/** One of Tutti's own filters; what it says of rows is known to the server alone. */
function ownFilter({ name, label, dimension, parameters }: ListedFilter): FilterDocument {
  const described = parameters.map(({ type, values, ...own }) => [
    own.name,
    {
      type,
      ...(own.default !== null && { default: own.default }),
      ...(own.label !== null && { label: tServer(own.label) }),
      ...(values !== undefined && { values }),
    },
  ]);
  return {
    kind: 'filter',
    name,
    ...(label !== null && { label: tServer(label) }),
    dimension,
    builtin: true,
    parameters: Object.fromEntries(described) as NonNullable<FilterDocument['parameters']>,
    where: { combinator: 'and', rules: [] },
  };
}

interface AudienceDocument {
  name: string;
  label?: string;
  dimension: string;
}

export function useAudiences(): AudienceDocument[] {
  return useBodies<AudienceDocument>('audience');
}

/** All documents of a kind, with what they say. */
function useBodies<T>(kind: string): T[] {
  const heads = useDocuments(kind).data ?? [];
  return useQueries({
    queries: heads.map(({ name, version }) => ({
      queryKey: ['documents', kind, name, version],
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        apiGet<T>(`/documents/${kind}/${encodeURIComponent(name)}`, {}, signal),
      staleTime: Infinity,
    })),
    combine: combineData<T>,
  });
}

function combineData<T>(results: { data?: T | undefined }[]): T[] {
  return results.flatMap(({ data }) => (data === undefined ? [] : [data]));
}

export interface Changed {
  changes: { kind: string; name: string; change: string; version: number }[];
}

export function applyDocuments(documents: object[]): Promise<Changed> {
  const files = documents.map((document, index) => ({
    path: `document-${index + 1}.json`,
    text: JSON.stringify(document),
  }));
  return apiPost<Changed>('/documents/apply', { files });
}

export function fetchCampaignDocument(name: string): Promise<CampaignDocument> {
  return apiGet<CampaignDocument>(`/documents/campaign/${encodeURIComponent(name)}`);
}

/** Writes campaigns as they are given. */
export function useApplyCampaigns() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (documents: CampaignDocument[]) => applyDocuments(documents),
    onSuccess: () => refreshCampaigns(client),
  });
}

export function useDeleteCampaigns() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (names: string[]) => {
      for (const name of names) await apiDelete(`/documents/campaign/${encodeURIComponent(name)}`);
    },
    onSettled: () => refreshCampaigns(client),
  });
}
