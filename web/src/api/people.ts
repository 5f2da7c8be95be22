import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { apiGet, apiPath, apiPost, ApiError } from '@/api/client';
import type { Population, Problem } from '@/api/types';
import type {
  Registered,
  PersonView,
  RegisterEntry,
  RegisterImport,
  Trace,
  RegisterQuery,
} from '@/api/dataTypes';

export type {
  Registered,
  PersonMessage,
  LinkedRows,
  PersonView,
  RegisterEntry,
  RegisterImport,
  Trace,
  RegisterQuery,
} from '@/api/dataTypes';

export function usePeople(
  dimension: string | undefined,
  query: { search: string | undefined; limit: number; offset: number },
) {
  return useQuery({
    queryKey: ['people', dimension, query],
    queryFn: ({ signal }) =>
      apiGet<Population>(`/people/${encodeURIComponent(dimension ?? '')}`, { ...query }, signal),
    enabled: dimension !== undefined,
    placeholderData: keepPreviousData,
  });
}

export function usePerson(dimension: string, key: string) {
  return useQuery({
    queryKey: ['people', dimension, 'key', key],
    queryFn: ({ signal }) =>
      apiGet<PersonView>(
        `/people/${encodeURIComponent(dimension)}/${encodeURIComponent(key)}`,
        {},
        signal,
      ),
  });
}

export function useTrace(run: string | undefined, key: string, dimension?: string) {
  return useQuery({
    queryKey: ['traces', run, key, dimension],
    queryFn: ({ signal }) =>
      apiGet<Trace>(
        `/runs/${encodeURIComponent(run ?? '')}/trace/${encodeURIComponent(key)}`,
        { dimension },
        signal,
      ),
    enabled: run !== undefined,
  });
}

export function useRegister(query: RegisterQuery) {
  return useQuery({
    queryKey: ['register', query],
    queryFn: ({ signal }) =>
      apiGet<{ total: number; rows: Registered[] }>('/register', { ...query }, signal),
    placeholderData: keepPreviousData,
  });
}

/** Adds or removes one entry. */
export function useChangeRegister() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ entry, remove }: { entry: RegisterEntry; remove: boolean }) =>
      apiPost<{ changed: boolean }>(remove ? '/register/remove' : '/register', entry),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['register'] });
      void client.invalidateQueries({ queryKey: ['people'] });
    },
  });
}

export function useImportRegister() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ like, text }: { like: Omit<RegisterEntry, 'value'>; text: string }) =>
      postText<RegisterImport>(apiPath('/register/import', { ...like }), text),
    onSuccess: () => client.invalidateQueries({ queryKey: ['register'] }),
  });
}

/** Sends a body that is no JSON. */
export async function postText<T>(url: string, body: BodyInit): Promise<T> {
  const response = await fetch(url, {
    method: 'POST',
    body,
    headers: { accept: 'application/json', 'content-type': 'application/octet-stream' },
  });
  const answer: unknown = await response.json();
  if (!response.ok) throw new ApiError(response.status, answer as Problem);
  return answer as T;
}
