/** Rules as the builder changes them. Pure. */
import type { Rule, RuleCondition, RuleGroup } from '@/api/types';
import { fitValue, follow, kindOf, operatorsOf, type Scope } from '@/rules/scope';

export type Form = 'condition' | 'expression' | 'related' | 'aggregate' | 'filter' | 'audience';

export function isGroup(rule: unknown): rule is RuleGroup {
  return typeof rule === 'object' && rule !== null && Array.isArray((rule as RuleGroup).rules);
}

export function emptyGroup(): RuleGroup {
  return { combinator: 'and', rules: [] };
}

/** A rule as a group; a single condition becomes a group of one. */
export function asGroup(rule: Rule | undefined): RuleGroup {
  if (rule === undefined) return emptyGroup();
  return isGroup(rule) ? rule : { combinator: 'and', rules: [rule] };
}

export function formOf(rule: RuleCondition): Form {
  if (rule.filter !== undefined) return 'filter';
  if (rule.audience !== undefined) return 'audience';
  if (rule.match !== undefined) return 'related';
  if (rule.aggregate !== undefined) return 'aggregate';
  return rule.expression !== undefined ? 'expression' : 'condition';
}

/** A condition on a column, keeping of the former one what still fits. */
export function onColumn(scope: Scope, path: string, former?: RuleCondition): RuleCondition {
  const kind = kindOf(follow(scope, path)?.column);
  const operators = operatorsOf(kind);
  const kept = former?.operator !== undefined && operators.includes(former.operator);
  const operator = kept ? (former.operator ?? '=') : (operators[0] ?? '=');
  const sameColumn = former?.field === path;
  const value = fitValue(operator, kind, sameColumn ? former?.value : undefined);
  return { field: path, operator, ...(value !== undefined && { value }) };
}

export function onRelated(path: string): RuleCondition {
  return { field: path, match: { mode: 'some' }, value: emptyGroup() };
}

export function onAggregate(path: string): RuleCondition {
  return { field: path, aggregate: { function: 'count' }, operator: '>=', value: 1 };
}

export function onFilter(
  name: string,
  parameters: Record<string, { default?: unknown }>,
): RuleCondition {
  const given = Object.entries(parameters)
    .filter(([, { default: value }]) => value !== undefined && value !== null)
    .map(([parameter, { default: value }]) => [parameter, value]);
  if (given.length === 0) return { filter: name };
  return { filter: name, parameters: Object.fromEntries(given) as Record<string, unknown> };
}

export const onExpression = (): RuleCondition => ({ expression: '', operator: '=', value: '' });
export const onAudience = (name: string): RuleCondition => ({ audience: name, operator: 'in' });

/** The rule with another one at `path` (numbers of the way through the groups). */
export function replaceAt(group: RuleGroup, path: number[], rule: Rule): RuleGroup {
  const [first, ...rest] = path;
  if (first === undefined) return group;
  const rules = group.rules.map((each, index) => {
    if (index !== first) return each;
    return rest.length > 0 && isGroup(each) ? replaceAt(each, rest, rule) : rule;
  });
  return { ...group, rules };
}

/** Without what the builder notes down for itself, ready for the document. */
export function strip<T>(value: T): T {
  if (Array.isArray(value)) return value.map(strip) as T;
  if (typeof value !== 'object' || value === null) return value;
  const isRule = 'operator' in value || 'filter' in value || 'match' in value || 'rules' in value;
  const entries = Object.entries(value).filter(
    ([name, part]) =>
      part !== undefined &&
      !(isRule && (name === 'id' || name === 'path')) &&
      !(name === 'not' && part === false),
  );
  return Object.fromEntries(entries.map(([name, part]) => [name, strip(part)])) as T;
}

/** Whether every part of a rule says something, so that it can be counted. */
export function isWhole(rule: Rule): boolean {
  if (isGroup(rule)) return rule.rules.every(isWhole);
  switch (formOf(rule)) {
    case 'filter':
    case 'audience':
      return true;
    case 'related':
      return !isGroup(rule.value) || isWhole(rule.value);
    case 'aggregate': {
      const { function: name, field } = rule.aggregate ?? { function: 'count' };
      const named = name === 'count' || (field ?? '') !== '';
      return named && filled(rule.value) && (rule.where === undefined || isWhole(rule.where));
    }
    case 'expression':
      return (rule.expression ?? '') !== '' && isFilled(rule);
    case 'condition':
      return (rule.field ?? '') !== '' && isFilled(rule);
  }
}

function isFilled({ operator, value }: RuleCondition): boolean {
  if (operator === 'null' || operator === 'notNull') return true;
  if (operator === 'empty' || operator === 'notEmpty') return true;
  return Array.isArray(value) ? value.length > 0 && value.every(filled) : filled(value);
}

function filled(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}
