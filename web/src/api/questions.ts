import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useId } from 'react';
import { apiGet, apiPost } from '@/api/client';
import type {
  CheckedExpression,
  CountAnswer,
  Distribution,
  Explanation,
  FunctionListed,
  Population,
  RuleGroup,
} from '@/api/types';

/** As whose a question is asked: in which zone days are cut, and what `$name` means. */
export interface Setting {
  time_zone?: string;
  variables?: Record<string, Variable>;
}
/** Without a value it is NULL. */
export interface Variable {
  type: string;
  value?: unknown;
}

export interface Question extends Setting {
  dimension: string;
  where: RuleGroup;
}

const TAB = crypto.randomUUID();

/** Who asks: one place of this tab, so that its newer question ends its older one on the server, and no other's. */
function useAsker(): string {
  return `${TAB}/${useId()}`;
}

/** How many rows match, and how many each part. A rule that changes in the meantime ends the older question. */
export function useCount(question: Question | undefined, parts = false) {
  const editor = useAsker();
  return useQuery({
    queryKey: ['count', question, parts],
    queryFn: ({ signal }) =>
      apiPost<CountAnswer>('/query/count', { ...question, parts, editor }, signal),
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

export type Dialect = 'duckdb' | 'postgresql';

export function useExplanation(question: Question | undefined, dialect: Dialect) {
  return useQuery({
    queryKey: ['explain', question, dialect],
    queryFn: ({ signal }) =>
      apiPost<Explanation>('/query/explain', { ...question, dialect }, signal),
    enabled: question !== undefined,
    placeholderData: keepPreviousData,
    retry: false,
  });
}

/** A field of a dimension, by its path. */
export interface FieldOf extends Setting {
  dimension: string;
  field: string;
}

export function useDistribution(of: FieldOf | undefined, top: number) {
  const editor = useAsker();
  return useQuery({
    queryKey: ['distribution', of, top],
    queryFn: ({ signal }) =>
      apiPost<Distribution>('/query/distribution', { ...of, top, editor }, signal),
    enabled: of !== undefined,
    retry: false,
  });
}

/** Values that begin with what was typed, then those that contain it. */
export function useSuggestions(of: FieldOf | undefined, prefix: string): string[] {
  const editor = useAsker();
  const answer = useQuery({
    queryKey: ['suggest', of, prefix],
    queryFn: ({ signal }) =>
      apiPost<{ values: { value: unknown }[] }>(
        '/query/suggest',
        { ...of, prefix, editor },
        signal,
      ),
    enabled: of !== undefined,
    placeholderData: keepPreviousData,
    retry: false,
  });
  return (answer.data?.values ?? []).flatMap(({ value }) =>
    typeof value === 'string' ? [value] : [],
  );
}

/** An expression as it stands, over the rows of a dimension or of those at the end of a path of links. */
export interface ExpressionQuestion extends Setting {
  dimension: string;
  link?: string | undefined;
  expression: string;
  aggregates?: boolean;
  /** The word at the cursor, for which candidates are wanted. */
  complete?: string;
}

export function checkExpression(
  question: ExpressionQuestion,
  signal?: AbortSignal,
): Promise<CheckedExpression> {
  return apiPost<CheckedExpression>('/query/check', question, signal);
}

export function useFunctions(): FunctionListed[] {
  const { data = [] } = useQuery({
    queryKey: ['functions'],
    queryFn: ({ signal }) => apiGet<FunctionListed[]>('/functions', {}, signal),
    staleTime: Infinity,
  });
  return data;
}
