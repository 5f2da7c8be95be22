import { useMutation, useQueries, useQuery, useQueryClient } from '@tanstack/react-query';
import { apiDelete, apiGet, apiPost } from '@/api/client';
import type {
  CampaignDocument,
  DimensionDocument,
  DocumentHead,
  FilterDocument,
} from '@/api/types';

const STALE_MS = 60_000;

export function useDocuments(kind: string) {
  return useQuery({
    queryKey: ['documents', kind],
    queryFn: ({ signal }) => apiGet<DocumentHead[]>(`/documents/${kind}`, {}, signal),
    staleTime: STALE_MS,
    retry: false,
  });
}

export function useDimensions(): DimensionDocument[] {
  return useBodies<DimensionDocument>('dimension');
}

export function useFilters(): FilterDocument[] {
  return useBodies<FilterDocument>('filter');
}

export function useAudiences(): { name: string; dimension: string }[] {
  return useBodies<{ name: string; dimension: string }>('audience');
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
    onSuccess: () => client.invalidateQueries({ queryKey: ['campaigns'] }),
  });
}

export function useDeleteCampaigns() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (names: string[]) => {
      for (const name of names) await apiDelete(`/documents/campaign/${encodeURIComponent(name)}`);
    },
    onSettled: () => client.invalidateQueries({ queryKey: ['campaigns'] }),
  });
}
