import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import { apiDelete, apiGet, apiPost, apiPut } from '@/api/client';
import type {
  ContentCheck,
  ContentDocument,
  ContentDraft,
  ContentListed,
  Personalization,
  RenderAnswer,
  RowsAsked,
  VersionListed,
} from '@/api/contentTypes';

export type * from '@/api/contentTypes';

const LIST_KEY = ['contents'];

export function useContents() {
  return useQuery({
    queryKey: LIST_KEY,
    queryFn: ({ signal }) => apiGet<ContentListed[]>('/contents', {}, signal),
  });
}

/** To be called when contents have changed. */
export function useForgetContents(): () => Promise<void> {
  const client = useQueryClient();
  return useCallback(async () => {
    await Promise.all([
      client.invalidateQueries({ queryKey: LIST_KEY }),
      client.invalidateQueries({ queryKey: ['documents', 'content'] }),
      client.invalidateQueries({ queryKey: ['documents', 'fragment'] }),
      client.invalidateQueries({ queryKey: ['content'] }),
    ]);
  }, [client]);
}

function documentPath(kind: string, name: string): string {
  return `/documents/${kind}/${encodeURIComponent(name)}`;
}

export function fetchContent(kind: string, name: string, version?: number) {
  return apiGet<ContentDocument>(documentPath(kind, name), { version });
}

export function deleteContent(kind: string, name: string): Promise<void> {
  return apiDelete(documentPath(kind, name));
}

export function useContentDraft(kind: string, name: string) {
  return useQuery({
    queryKey: ['content', kind, name, 'draft'],
    queryFn: () => fetchContentDraft(kind, name),
    gcTime: 0,
    staleTime: Infinity,
    retry: false,
  });
}

export function fetchContentDraft(kind: string, name: string): Promise<ContentDraft> {
  return apiGet<ContentDraft>(`${documentPath(kind, name)}/draft`);
}

export function saveContentDraft(
  document: ContentDocument,
  revision: number,
  baseVersion: number,
): Promise<ContentDraft> {
  const path = `${documentPath(document.kind, document.name)}/draft`;
  return apiPut<ContentDraft>(path, { document, revision, base_version: baseVersion });
}

export function discardContentDraft(kind: string, name: string): Promise<void> {
  return apiDelete(`${documentPath(kind, name)}/draft`);
}

export function applyContentDraft(
  kind: string,
  name: string,
  revision: number,
): Promise<ContentDraft> {
  return apiPost<ContentDraft>(`${documentPath(kind, name)}/draft/apply`, { revision });
}

export function useContentVersions(kind: string, name: string) {
  return useQuery({
    queryKey: ['content', kind, name, 'versions'],
    queryFn: ({ signal }) =>
      apiGet<VersionListed[]>(`${documentPath(kind, name)}/versions`, {}, signal),
  });
}

export function useContentVersion(kind: string, name: string, version: number | undefined) {
  return useQuery({
    queryKey: ['content', kind, name, 'version', version],
    queryFn: () => fetchContent(kind, name, version),
    enabled: version !== undefined,
    staleTime: Infinity,
  });
}

export function restoreContent(kind: string, name: string, version: number): Promise<unknown> {
  return apiPost(`${documentPath(kind, name)}/restore`, { version });
}

interface RenderAsked {
  document: object;
  rows: RowsAsked;
  channel?: string | undefined;
  offset: number;
}

/** The message as one row would get it; former messages are shown while a newer one is on its way. */
export function useRendered(asked: RenderAsked, enabled: boolean) {
  return useQuery({
    queryKey: ['rendered', asked],
    queryFn: ({ signal }) =>
      apiPost<RenderAnswer>('/contents/render', { ...asked, limit: 1 }, signal),
    enabled,
    placeholderData: (former) => former,
    staleTime: 30_000,
    gcTime: 60_000,
    retry: false,
  });
}

/** Everything wrong or doubtful with a message. */
export function useContentCheck(document: object, channel: string | undefined) {
  return useQuery({
    queryKey: ['content-check', document, channel],
    queryFn: ({ signal }) =>
      apiPost<ContentCheck>('/contents/check', { document, channel }, signal),
    placeholderData: (former) => former,
    staleTime: Infinity,
    gcTime: 60_000,
    retry: false,
  });
}

export function usePersonalization(rows: RowsAsked, enabled: boolean) {
  const { dimension, campaign, activity } = rows;
  const asked = campaign === undefined ? { dimension } : { campaign, activity };
  return useQuery({
    queryKey: ['personalization', asked],
    queryFn: ({ signal }) => apiPost<Personalization>('/query/personalization', asked, signal),
    enabled,
    staleTime: 60_000,
    retry: false,
  });
}

export interface ProofAsked {
  document: object;
  rows: RowsAsked;
  channel: string;
  offset: number;
  limit: number;
  to: string[];
  subject_prefix: string;
}

export function useSendProof() {
  return useMutation({
    mutationFn: (asked: ProofAsked) =>
      apiPost<{ proof: string; sent: number; channel: string; keys: string[] }>(
        '/contents/proofs',
        asked,
      ),
  });
}
