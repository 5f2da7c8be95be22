/** The shapes of rules, and of what the server answers to them. */
import type { ProblemItem } from './types';

/** A rule as the contract writes it; see `@/rules/words` for its reading in plain words. */
export interface RuleGroup {
  combinator: 'and' | 'or' | 'except';
  not?: boolean;
  rules: Rule[];
}
export type RuleValueSource = 'value' | 'field' | 'expression' | 'variable' | 'aggregate';
export interface RuleAggregate {
  function?: string;
  field?: string;
  expression?: string;
  distinct?: boolean;
}
/** Which linked rows a condition looks at: the first ones by an order. */
export interface RulePick {
  by: string;
  order?: 'ascending' | 'descending';
  n?: number;
  where?: RuleGroup;
}
export interface RuleCondition {
  field?: string;
  expression?: string;
  operator?: string;
  value?: unknown;
  valueSource?: RuleValueSource;
  caseSensitive?: boolean;
  match?: { mode: string; threshold?: number };
  aggregate?: RuleAggregate;
  pick?: RulePick;
  where?: RuleGroup;
  filter?: string;
  parameters?: Record<string, unknown>;
  audience?: string;
  /** An earlier population of the campaign, `ACTIVITY` or `ACTIVITY.PORT`. */
  population?: string;
}
export type Rule = RuleGroup | RuleCondition;

export interface CountAnswer {
  count: number;
  elapsed_ms: number;
  /** Of the rule (the empty pointer) and of each of its parts about the same rows. */
  parts?: { pointer: string; count: number }[];
  /** The run whose rows were counted, or asked for; `dry` where they were worked out for the question. */
  run?: { run: string; started_at: string };
}
export interface Explanation {
  words: string;
  /** A query for the keys, where SQL can say the rule. */
  sql: string | null;
  sql_notes: string[];
  plan: string;
  warnings: string[];
}
/** How the values of a field are spread. */
export interface Distribution {
  type: string;
  table: string;
  rows: number;
  nulls: number;
  distinct: number;
  values: { value: unknown; count: number; share: number }[];
  others: number;
  min?: unknown;
  max?: unknown;
  histogram?: { from: unknown; to: unknown; count: number }[];
}
/** What could be typed next in an expression. */
export interface Candidate {
  kind: 'field' | 'link' | 'function' | 'variable';
  text: string;
  detail: string;
  about?: string | null;
}
/** What is known of an expression as it stands. */
export interface CheckedExpression {
  valid: boolean;
  type?: string;
  problems: ProblemItem[];
  candidates: Candidate[];
}
/** A function of expressions. */
export interface FunctionListed {
  name: string;
  familiar: string[];
  category: string;
  signature: string;
  result: string;
  description: string;
  nulls: string;
  aggregate: boolean;
  examples: { expression: string; result: string }[];
}
