import { useMutation, useQuery, useQueryClient, type QueryClient } from '@tanstack/react-query';
import { ApiError, apiDelete, apiGet, apiPath, apiPost } from '@/api/client';
import { applyDocuments } from '@/api/documents';
import type { Population, Problem } from '@/api/types';
import type {
  TableQuality,
  TableVersion,
  InferredTable,
  ImportReport,
  AudienceListed,
  ImportWish,
} from '@/api/dataTypes';

export type {
  TableQuality,
  TableVersion,
  TableDocument,
  InferredTable,
  RejectedRow,
  ImportReport,
  AudienceListed,
  ImportWish,
} from '@/api/dataTypes';

/** Rejected rows that the server tells. */
const REJECTS_TOLD = 1_000;

export function useQuality(table: string, version: number | null) {
  return useQuery({
    queryKey: ['quality', table, version],
    queryFn: ({ signal }) =>
      apiGet<TableQuality>(`/tables/${encodeURIComponent(table)}/quality`, {}, signal),
    staleTime: 60_000,
  });
}

export function useTableVersions(table: string, version: number | null) {
  return useQuery({
    queryKey: ['versions', table, version],
    queryFn: ({ signal }) =>
      apiGet<TableVersion[]>(`/tables/${encodeURIComponent(table)}/versions`, {}, signal),
  });
}

export function useRestoreTable(table: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (version: number) =>
      apiPost<unknown>(`/tables/${encodeURIComponent(table)}/restore`, { version }),
    onSuccess: () => refreshTables(client),
  });
}

/** A file on its way to the server, with how far it is. */
export function upload(file: File, onProgress: (share: number) => void): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', apiPath('/uploads'));
    request.setRequestHeader('content-type', 'application/octet-stream');
    request.upload.onprogress = ({ loaded, total }) => onProgress(total === 0 ? 1 : loaded / total);
    request.onerror = () => reject(new ApiError(0, { detail: 'The server cannot be reached.' }));
    request.onload = () => {
      const answer = JSON.parse(request.responseText) as { upload: string } & Problem;
      if (request.status < 300) resolve(answer.upload);
      else reject(new ApiError(request.status, answer));
    };
    request.send(file);
  });
}

export function inferTable(uploaded: string, file: string, table: string): Promise<InferredTable> {
  return postEmpty(apiPath('/tables/infer', { upload: uploaded, name: file, table }));
}

export function useImportTable() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (wish: ImportWish) => {
      const { table, uploaded, file, mode, columns, max_rejects } = wish;
      const pairs = Object.entries(columns).filter(([name, to]) => name !== to);
      return postEmpty<ImportReport>(
        apiPath(`/tables/${encodeURIComponent(table)}/import`, {
          uploads: `${uploaded}:${file.replaceAll(/[,:]/g, '_')}`,
          mode,
          max_rejects,
          rejects: REJECTS_TOLD,
          columns: pairs.map(([name, to]) => `${name}:${to}`).join(','),
        }),
      );
    },
    onSuccess: () => refreshTables(client),
  });
}

export function useApplyTable() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (document: object) => applyDocuments([document]),
    onSuccess: () => refreshTables(client),
  });
}

export function useAudiences() {
  return useQuery({
    queryKey: ['audiences'],
    queryFn: ({ signal }) => apiGet<AudienceListed[]>('/audiences', {}, signal),
  });
}

export function useAudienceRows(name: string | undefined, page: { limit: number; offset: number }) {
  return useQuery({
    queryKey: ['audiences', name, page],
    queryFn: ({ signal }) =>
      apiGet<Population>(`/audiences/${encodeURIComponent(name ?? '')}/rows`, { ...page }, signal),
    enabled: name !== undefined,
  });
}

export function useDeleteAudience() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (name: string) => apiDelete(`/audiences/${encodeURIComponent(name)}`),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['documents'] });
      return client.invalidateQueries({ queryKey: ['audiences'] });
    },
  });
}

function refreshTables(client: QueryClient) {
  void client.invalidateQueries({ queryKey: ['versions'] });
  void client.invalidateQueries({ queryKey: ['documents'] });
  return client.invalidateQueries({ queryKey: ['tables'] });
}

async function postEmpty<T>(url: string): Promise<T> {
  const response = await fetch(url, { method: 'POST', headers: { accept: 'application/json' } });
  const answer: unknown = await response.json();
  if (!response.ok) throw new ApiError(response.status, answer as Problem);
  return answer as T;
}
