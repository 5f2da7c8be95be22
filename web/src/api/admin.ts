import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { apiDelete, apiGet, apiPost } from '@/api/client';
import type { ProblemItem } from '@/api/types';

export interface AuditLine {
  seq: number;
  at: string;
  actor: string;
  kind: string;
  name: string;
  action: string;
  detail: string | null;
}
export interface ChannelTest {
  ok: boolean;
  server: string;
  steps: { step: string; detail: string }[];
  extensions: string[];
  error: string | null;
  hint: string | null;
}

const PAGE = 100;

/** Who changed what, newest first, page after page. */
export function useAudit(kind: string | undefined) {
  return useInfiniteQuery({
    queryKey: ['audit', kind],
    queryFn: ({ pageParam, signal }) =>
      apiGet<AuditLine[]>('/audit', { kind, before: pageParam, limit: PAGE }, signal),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: (last) => (last.length < PAGE ? undefined : last.at(-1)?.seq),
  });
}

export function useTestChannel() {
  return useMutation({
    mutationFn: (name: string) =>
      apiPost<ChannelTest>(`/channels/${encodeURIComponent(name)}/test`),
  });
}

export function useDocument(kind: string, name: string | undefined) {
  return useQuery({
    queryKey: ['documents', kind, name],
    queryFn: ({ signal }) =>
      apiGet<object>(`/documents/${kind}/${encodeURIComponent(name ?? '')}`, {}, signal),
    enabled: name !== undefined,
  });
}

interface Validation {
  problems?: ProblemItem[];
  errors?: ProblemItem[];
}

/** Applies the text of documents; what is wrong comes back as an error with items. */
export function useApplyText() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (text: string) =>
      apiPost<Validation>('/documents/apply', { files: [{ path: 'document.yaml', text }] }),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['audit'] });
      void client.invalidateQueries({ queryKey: ['tables'] });
      return client.invalidateQueries({ queryKey: ['documents'] });
    },
  });
}

export function useDeleteDocument() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ kind, name }: { kind: string; name: string }) =>
      apiDelete(`/documents/${kind}/${encodeURIComponent(name)}`),
    onSuccess: () => client.invalidateQueries({ queryKey: ['documents'] }),
  });
}
