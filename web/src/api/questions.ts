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

/** Where on a canvas a rule stands, as somebody works on it. */
export interface Place {
  campaign: string;
  draft: true;
  activity: string;
  /** Of the draft that the server has, which it knows itself: of another one everything is asked anew. */
  revision: number;
}
/** Whose rows a rule at a place is about: the newest run that has what it asks for, or what a run would have now. */
export type AskedOf = 'last' | 'dry';

/** Without a place it is about all rows of the dimension. */
export interface Placed extends Setting, Partial<Place> {
  run?: AskedOf;
}

export interface Question extends Placed {
  dimension: string;
  where: RuleGroup;
}

/** A question as it is sent. */
function sent(question: Placed | undefined): Record<string, unknown> {
  return { ...question, revision: undefined };
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
      apiPost<CountAnswer>('/query/count', { ...sent(question), parts, editor }, signal),
    enabled: question !== undefined,
    placeholderData: keepPreviousData,
    retry: false,
  });
}

export function usePreview(question: Question | undefined, columns: string[], limit: number) {
  return useQuery({
    queryKey: ['preview', question, columns, limit],
    queryFn: ({ signal }) =>
      apiPost<Population>('/query/preview', { ...sent(question), columns, limit }, signal),
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
      apiPost<Explanation>('/query/explain', { ...sent(question), dialect }, signal),
    enabled: question !== undefined,
    placeholderData: keepPreviousData,
    retry: false,
  });
}

/** A field of a dimension, by its path. */
export interface FieldOf extends Placed {
  dimension: string;
  field: string;
}

export function useDistribution(of: FieldOf | undefined, top: number) {
  const editor = useAsker();
  return useQuery({
    queryKey: ['distribution', of, top],
    queryFn: ({ signal }) =>
      apiPost<Distribution>('/query/distribution', { ...sent(of), top, editor }, signal),
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
        { ...sent(of), prefix, editor },
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

/** Rows behind a link, as an expression says them. */
export interface RecordsOf extends Setting {
  dimension: string;
  field: { expression: string };
  where?: RuleGroup;
  limit?: number;
}

/** The texts of linked rows that fit what was typed. */
export function useRecords(of: RecordsOf | undefined, prefix: string): string[] {
  const answer = useQuery({
    queryKey: ['records', of, prefix],
    queryFn: ({ signal }) =>
      apiPost<{ values: { value: unknown }[] }>('/query/suggest', { ...of, prefix }, signal),
    enabled: of !== undefined,
    placeholderData: keepPreviousData,
    retry: false,
  });
  return (answer.data?.values ?? []).flatMap(({ value }) =>
    typeof value === 'string' ? [value] : [],
  );
}

/** An expression as it stands, over the rows of a dimension or of those at the end of a path of links. */
export interface ExpressionQuestion extends Setting, Partial<Place> {
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
  return apiPost<CheckedExpression>('/query/check', sent(question), signal);
}

/** A span of time that rules know by a name. */
export interface DatePreset {
  name: string;
  words: string;
  /** The most that its number may be, where it takes one. */
  n_max?: number | null;
}

export function useDatePresets(): DatePreset[] {
  const { data = [] } = useQuery({
    queryKey: ['date-presets'],
    queryFn: ({ signal }) => apiGet<DatePreset[]>('/date-presets', {}, signal),
    staleTime: Infinity,
  });
  return data;
}

export function useFunctions(): FunctionListed[] {
  const { data = [] } = useQuery({
    queryKey: ['functions'],
    queryFn: ({ signal }) => apiGet<FunctionListed[]>('/functions', {}, signal),
    staleTime: Infinity,
  });
  return data;
}
