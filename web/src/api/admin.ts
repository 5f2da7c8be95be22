import {
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
  type QueryClient,
} from '@tanstack/react-query';
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
    // Whoever opens it begins with how it is at that moment.
    gcTime: 0,
  });
}

/** One thing wrong or doubtful in a text, with its place there. */
export interface TextItem extends ProblemItem {
  /** From 1, as the column. */
  line?: number | null;
  column?: number | null;
}
export interface Validation {
  errors: TextItem[];
  warnings: TextItem[];
}

const filesOf = (text: string) => ({ files: [{ path: 'document.yaml', text }] });

/** What is wrong or doubtful with a text, against the stored documents. */
export function useValidation(text: string) {
  return useQuery({
    queryKey: ['validation', text],
    queryFn: ({ signal }) => apiPost<Validation>('/documents/validate', filesOf(text), signal),
    placeholderData: (former) => former,
    gcTime: 0,
    retry: false,
  });
}

/** Applies the text of documents; what is wrong comes back as an error with items. */
export function useApplyText() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (text: string) => apiPost<unknown>('/documents/apply', filesOf(text)),
    onSuccess: () => refreshDocuments(client),
  });
}

export function useDeleteDocument() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ kind, name }: { kind: string; name: string }) =>
      apiDelete(documentPath(kind, name)),
    onSuccess: () => refreshDocuments(client),
  });
}

export interface DocumentVersion {
  version: number;
  written_at: string;
  /** It deleted the document. */
  deleted: boolean;
  newest: boolean;
}

export function useDocumentVersions(kind: string, name: string) {
  return useQuery({
    queryKey: ['documents', kind, name, 'versions'],
    queryFn: ({ signal }) =>
      apiGet<DocumentVersion[]>(`${documentPath(kind, name)}/versions`, {}, signal),
  });
}

export function useVersionOf(kind: string, name: string, version: number | undefined) {
  return useQuery({
    queryKey: ['documents', kind, name, version],
    queryFn: ({ signal }) => apiGet<object>(documentPath(kind, name), { version }, signal),
    enabled: version !== undefined,
    staleTime: Infinity,
  });
}

export function useRestoreDocument(kind: string, name: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (version: number) =>
      apiPost<unknown>(`${documentPath(kind, name)}/restore`, { version }),
    onSuccess: () => refreshDocuments(client),
  });
}

function documentPath(kind: string, name: string): string {
  return `/documents/${kind}/${encodeURIComponent(name)}`;
}

function refreshDocuments(client: QueryClient): Promise<unknown> {
  const changed = ['audit', 'tables', 'versions', 'audiences', 'templates', 'documents'];
  return Promise.all(changed.map((key) => client.invalidateQueries({ queryKey: [key] })));
}
