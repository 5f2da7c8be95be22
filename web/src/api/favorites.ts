import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { apiDelete, apiGet, apiPut } from '@/api/client';
import { whoAsks } from '@/api/who';

/** What people keep at hand: filters, fields as `dimension.path`, and the fields that they used last. */
export type FavoriteKind = 'filter' | 'attribute' | 'recent-attribute';

const STALE_MS = 60_000;

/** The names of what is kept, newest first. */
export function useFavorites(kind: FavoriteKind): string[] {
  const { data = [] } = useQuery({
    queryKey: ['favorites', kind],
    queryFn: ({ signal }) =>
      apiGet<{ name: string }[]>(`/favorites/${kind}`, { by: whoAsks() }, signal),
    staleTime: STALE_MS,
    retry: false,
  });
  return data.map(({ name }) => name);
}

interface Wish {
  kind: FavoriteKind;
  name: string;
  isKept: boolean;
}

/** Keeps something, or gives it up. */
export function useKeep() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ kind, name, isKept }: Wish) => {
      const path = `/favorites/${kind}/${encodeURIComponent(name)}`;
      const by = whoAsks();
      if (!isKept) return apiDelete(path, { by });
      await apiPut<undefined>(by === undefined ? path : `${path}?by=${encodeURIComponent(by)}`, {});
    },
    onSuccess: async (_done, { kind }) => {
      await client.invalidateQueries({ queryKey: ['favorites', kind] });
      // The list of filters has the favourites first.
      if (kind === 'filter') await client.invalidateQueries({ queryKey: ['documents', 'filter'] });
    },
  });
}
