import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { apiPost } from '@/api/client';
import type { CountAnswer, Explanation, Population, RuleGroup } from '@/api/types';

export interface Question {
  dimension: string;
  where: RuleGroup;
}

/** How many rows match. A rule that changes in the meantime ends the older question. */
export function useCount(question: Question | undefined) {
  return useQuery({
    queryKey: ['count', question],
    queryFn: ({ signal }) => apiPost<CountAnswer>('/query/count', question, signal),
    enabled: question !== undefined,
    placeholderData: keepPreviousData,
    retry: false,
  });
}

export function usePreview(question: Question | undefined, columns: string[], limit: number) {
  return useQuery({
    queryKey: ['preview', question, columns, limit],
    queryFn: ({ signal }) =>
      apiPost<Population>('/query/preview', { ...question, columns, limit }, signal),
    enabled: question !== undefined,
    placeholderData: keepPreviousData,
    retry: false,
  });
}

export function useExplanation(question: Question | undefined) {
  return useQuery({
    queryKey: ['explain', question],
    queryFn: ({ signal }) => apiPost<Explanation>('/query/explain', question, signal),
    enabled: question !== undefined,
    retry: false,
  });
}
