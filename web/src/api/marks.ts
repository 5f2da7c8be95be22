import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { apiDelete, apiGet } from '@/api/client';

/** How far an activity has taken what is new. */
export interface Mark {
  activity: string;
  /** Where it goes by moments. */
  latest?: string | null;
  /** The run that moved it; a person did where there is none. */
  run?: string | null;
  /** When it was moved; never where there is none. */
  moved_at?: string | null;
}

const path = (campaign: string) => `/campaigns/${encodeURIComponent(campaign)}/marks`;

export function useMarks(campaign: string, enabled: boolean) {
  return useQuery({
    queryKey: ['marks', campaign],
    queryFn: ({ signal }) => apiGet<Mark[]>(path(campaign), {}, signal),
    enabled,
  });
}

/** Lets an activity begin anew, so that all rows are new to it. */
export function useForgetMark(campaign: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (activity: string) =>
      apiDelete(`${path(campaign)}/${encodeURIComponent(activity)}`),
    onSuccess: () => client.invalidateQueries({ queryKey: ['marks', campaign] }),
  });
}
