/** Rules as the builder changes them. Pure. */
import type { Rule, RuleAggregate, RuleCondition, RuleGroup } from '@/api/types';
import { columnsOf, fitValue, follow, kindOf, operatorsOf, type Scope } from '@/rules/scope';

export type Form =
  'condition' | 'expression' | 'related' | 'aggregate' | 'filter' | 'audience' | 'population';

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
  if (rule.population !== undefined) return 'population';
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

/** A condition on which row a link leads to. */
export function onRecord(path: string): RuleCondition {
  return { field: path, operator: 'in', value: [] };
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
export const onPopulation = (at: string): RuleCondition => ({ population: at, operator: 'in' });

/** The condition as it is, looking at the newest linked row alone, or at all again. */
export function togglePick(scope: Scope, rule: RuleCondition): RuleCondition {
  const { pick, ...rest } = rule;
  if (pick !== undefined) return rest;
  const columns = columnsOf(follow(scope, rule.field ?? '')?.scope ?? scope);
  const moment = columns.find((column) => ['date', 'timestamp'].includes(kindOf(column)));
  const by = (moment ?? columns[0])?.name ?? '';
  return { ...rest, pick: { by, order: 'descending', n: 1 } };
}

/**
 * What a predefined filter says, with the parameters that were given, to be changed by itself from here on;
 * `undefined` where the filter is not known.
 */
export function unfold(scope: Scope, rule: RuleCondition): RuleGroup | undefined {
  const filter = scope.filters.find(({ name }) => name === rule.filter);
  if (filter === undefined || filter.builtin === true) return undefined;
  const values = Object.entries(filter.parameters ?? {}).map(([name, parameter]) => [
    name,
    rule.parameters?.[name] ?? parameter.default,
  ]);
  return asGroup(fill(filter.where, Object.fromEntries(values) as Record<string, unknown>));
}

/** `{{name}}` in texts is the value of a parameter; a text of nothing else takes its type as well. */
function fill<T>(value: T, parameters: Record<string, unknown>): T {
  if (typeof value === 'string') {
    const whole = /^\{\{\s*(\w+)\s*\}\}$/.exec(value)?.[1];
    if (whole !== undefined && whole in parameters) return parameters[whole] as T;
    return value.replaceAll(/\{\{\s*(\w+)\s*\}\}/g, (text, name: string) =>
      name in parameters ? String(parameters[name]) : text,
    ) as T;
  }
  if (Array.isArray(value)) return value.map((each) => fill(each, parameters) as unknown) as T;
  if (typeof value !== 'object' || value === null) return value;
  const filled: Record<string, unknown> = Object.fromEntries(
    Object.entries(value).map(([name, part]) => [name, fill(part as unknown, parameters)]),
  );
  // A variable of the campaign that was given for a parameter is compared with as one.
  const { value: compared } = value as { value?: unknown };
  const given = fill(compared, parameters);
  if (given !== compared && isVariable(given)) {
    return { ...filled, valueSource: 'variable', value: given.slice(1) } as T;
  }
  return filled as T;
}

/** Whether a text is nothing but `$name`. */
function isVariable(value: unknown): value is string {
  return typeof value === 'string' && /^\$[A-Za-z_]\w*$/.test(value);
}

/** Where a part of a rule is in it: `[1, 0]` is `/rules/1/rules/0`. */
export function pointerOf(path: number[]): string {
  return path.map((index) => `/rules/${index}`).join('');
}

/** The rule with the part at `path` moved up or down among its neighbours. */
export function moveAt(group: RuleGroup, path: number[], step: 1 | -1): RuleGroup {
  const [first, ...rest] = path;
  if (first === undefined) return group;
  if (rest.length > 0) {
    const inner = group.rules[first];
    if (!isGroup(inner)) return group;
    return replaceAt(group, [first], moveAt(inner, rest, step));
  }
  const moved = group.rules[first];
  const other = group.rules[first + step];
  if (moved === undefined || other === undefined) return group;
  const rules = group.rules.with(first, other).with(first + step, moved);
  return { ...group, rules };
}

/** The rule with another part behind the one at `path`. */
export function insertAfter(group: RuleGroup, path: number[], rule: Rule): RuleGroup {
  const [first, ...rest] = path;
  if (first === undefined) return group;
  const inner = group.rules[first];
  if (rest.length > 0 && isGroup(inner)) {
    return replaceAt(group, [first], insertAfter(inner, rest, rule));
  }
  return { ...group, rules: group.rules.toSpliced(first + 1, 0, rule) };
}

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

/** The rule with another part at the end of the group at `path`. */
export function appendAt(group: RuleGroup, path: number[], rule: Rule): RuleGroup {
  const [first, ...rest] = path;
  if (first === undefined) return { ...group, rules: [...group.rules, rule] };
  const inner = group.rules[first];
  return isGroup(inner) ? replaceAt(group, [first], appendAt(inner, rest, rule)) : group;
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
    case 'population':
      return true;
    case 'related':
      return !isGroup(rule.value) || isWhole(rule.value);
    case 'aggregate': {
      const whole = isWholeAggregate(rule.aggregate);
      return whole && isFilled(rule) && (rule.where === undefined || isWhole(rule.where));
    }
    case 'expression':
      return (rule.expression ?? '') !== '' && isFilled(rule);
    case 'condition':
      return (rule.field ?? '') !== '' && isFilled(rule);
  }
}

/** Whether a rule asks who was where in the run, or how many, so that it means nothing outside of one. */
export function asksTheRun(rule: Rule): boolean {
  if (isGroup(rule)) return rule.rules.some(asksTheRun);
  const { population, expression = '', parameters = {}, valueSource, value, where } = rule;
  if (population !== undefined || namesTheRun(expression)) return true;
  if (Object.values(parameters).some((each) => isVariable(each) && namesTheRun(each))) return true;
  if (valueSource === 'variable') return namesTheRun(`$${String(value)}`);
  if (valueSource === 'expression') return namesTheRun(String(value));
  return (isGroup(value) && asksTheRun(value)) || (where !== undefined && asksTheRun(where));
}

/** Whether an expression names a variable that only a run has. */
export function namesTheRun(expression: string): boolean {
  return /\$(rows|run_id|campaign_name|(rows|result)_\w+)\b/.test(expression);
}

function isWholeAggregate(aggregate: RuleAggregate = { function: 'count' }): boolean {
  const { function: name, field = '', expression = '' } = aggregate;
  return name === 'count' || field !== '' || expression !== '';
}

function isFilled({ operator, value, valueSource }: RuleCondition): boolean {
  if (operator === 'null' || operator === 'notNull') return true;
  if (operator === 'empty' || operator === 'notEmpty') return true;
  if (valueSource === 'aggregate') {
    const { field = '', aggregate } = (value ?? {}) as RuleCondition;
    return field !== '' && isWholeAggregate(aggregate);
  }
  return Array.isArray(value) ? value.length > 0 && value.every(filled) : filled(value);
}

function filled(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}
