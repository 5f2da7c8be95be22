/** What can be taken back while a rule is made. Pure. */
import type { RuleGroup } from '@/api/types';
import { isGroup } from '@/rules/edit';

export interface RuleHistory {
  past: RuleGroup[];
  future: RuleGroup[];
  /** Where the last step typed a value, which typing there goes on with. */
  typedAt?: string | undefined;
}
export interface Step {
  history: RuleHistory;
  rule: RuleGroup;
}

export const NO_HISTORY: RuleHistory = { past: [], future: [] };
/** Steps that are kept. */
const KEPT_MAX = 200;

/** A change of a rule. A value is typed in one step, and a condition and what it is about come in one. */
export function noted(history: RuleHistory, from: RuleGroup, to: RuleGroup): RuleHistory {
  const typedAt = shapeOf(from) === shapeOf(to) ? firstDifference(from, to) : undefined;
  const isTyping = typedAt !== undefined && typedAt === history.typedAt;
  const goesOn = history.past.length > 0 && (isTyping || isUnsaid(from));
  const past = goesOn ? history.past : [...history.past, from].slice(-KEPT_MAX);
  return { past, future: [], typedAt };
}

export function undone({ past, future }: RuleHistory, now: RuleGroup): Step | undefined {
  const rule = past.at(-1);
  if (rule === undefined) return undefined;
  return { rule, history: { past: past.slice(0, -1), future: [now, ...future] } };
}

export function redone({ past, future }: RuleHistory, now: RuleGroup): Step | undefined {
  const [rule, ...later] = future;
  if (rule === undefined) return undefined;
  return { rule, history: { past: [...past, now], future: later } };
}

/** A rule without the values that are typed. */
function shapeOf(rule: RuleGroup): string {
  return JSON.stringify(rule, (name, part: unknown) => {
    const isTyped = name === 'value' || name === 'expression' || name === 'threshold';
    return isTyped && !isGroup(part) ? undefined : part;
  });
}

/** Where two rules differ first: `/rules/0/value`. */
function firstDifference(one: unknown, other: unknown, at = ''): string | undefined {
  if (!isObject(one) || !isObject(other)) return one === other ? undefined : at;
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  for (const name of names) {
    const found = firstDifference(one[name], other[name], `${at}/${name}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isObject(part: unknown): part is Record<string, unknown> {
  return typeof part === 'object' && part !== null;
}

/** Whether somebody has begun a condition and not yet said what it is about. */
function isUnsaid(rule: RuleGroup): boolean {
  return JSON.stringify(rule).includes('"field":""');
}
