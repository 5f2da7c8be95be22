import { useQuery } from '@tanstack/react-query';
import { apiGet } from '@/api/client';
import type { ServerStatus, TableListed } from '@/api/types';

const STATUS_REFRESH_MS = 15_000;

export function useStatus() {
  return useQuery({
    queryKey: ['status'],
    queryFn: ({ signal }) => apiGet<ServerStatus>('/status', {}, signal),
    refetchInterval: STATUS_REFRESH_MS,
    retry: false,
  });
}

export function useTables() {
  return useQuery({
    queryKey: ['tables'],
    queryFn: ({ signal }) => apiGet<TableListed[]>('/tables', {}, signal),
  });
}
