import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import { apiDelete, apiGet, apiPost, apiPut } from '@/api/client';
import { refreshCampaigns } from '@/api/documents';
import type { CampaignDocument, Draft } from '@/api/types';

const path = (name: string) => `/campaigns/${encodeURIComponent(name)}/draft`;

/** The draft as it was when editing began; what follows is the editor's. */
export function useDraft(name: string, enabled: boolean) {
  return useQuery({
    queryKey: ['drafts', name],
    queryFn: ({ signal }) => fetchDraft(name, signal),
    enabled,
    // Read anew with every start, and never under the hands of who is editing.
    staleTime: Infinity,
    gcTime: 0,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
}

export function fetchDraft(name: string, signal?: AbortSignal): Promise<Draft> {
  return apiGet<Draft>(path(name), {}, signal);
}

export function saveDraft(
  name: string,
  document: CampaignDocument,
  revision: number,
  baseVersion: number,
): Promise<Draft> {
  return apiPut<Draft>(path(name), { document, revision, base_version: baseVersion });
}

export function discardDraft(name: string): Promise<void> {
  return apiDelete(path(name));
}

/** Makes the draft the newest version. */
export function applyDraft(name: string, revision: number): Promise<Draft> {
  return apiPost<Draft>(`${path(name)}/apply`, { revision });
}

/** The draft as it is at this moment, for those who do not edit it; none where nobody works on the campaign. */
export function useDraftNow(name: string, enabled: boolean) {
  return useQuery({
    queryKey: ['drafts', name, 'now'],
    queryFn: ({ signal }) => fetchDraft(name, signal),
    enabled,
    gcTime: 0,
    retry: false,
  });
}

/** To be called when a campaign has a new version. */
export function useForgetCampaign(): () => Promise<void> {
  const client = useQueryClient();
  return useCallback(async () => {
    await refreshCampaigns(client);
  }, [client]);
}
