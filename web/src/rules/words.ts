/** Rules (contract §3) in plain words, as a tree of lines. Pure. */
import type { Rule, RuleCondition, RuleGroup } from '@/api/types';

export interface RulePart {
  kind: 'text' | 'field' | 'value';
  text: string;
}
export interface RuleLine {
  parts: RulePart[];
  children: RuleLine[];
}

const OPERATORS: Record<string, string> = {
  '=': 'is',
  '!=': 'is not',
  '<': 'is less than',
  '<=': 'is at most',
  '>': 'is more than',
  '>=': 'is at least',
  between: 'is between',
  notBetween: 'is not between',
  in: 'is one of',
  notIn: 'is none of',
  contains: 'contains',
  doesNotContain: 'does not contain',
  beginsWith: 'begins with',
  doesNotBeginWith: 'does not begin with',
  endsWith: 'ends with',
  doesNotEndWith: 'does not end with',
  like: 'looks like',
  notLike: 'does not look like',
  null: 'is not known',
  notNull: 'is known',
  empty: 'is empty',
  notEmpty: 'is not empty',
};
const DATE_OPERATORS: Record<string, string> = {
  '<': 'is before',
  '<=': 'is on or before',
  '>': 'is after',
  '>=': 'is on or after',
};
const WITHOUT_VALUE = new Set(['null', 'notNull', 'empty', 'notEmpty']);
const FUNCTIONS: Record<string, string> = {
  sum: 'the sum of',
  avg: 'the average of',
  min: 'the lowest',
  max: 'the highest',
  stddev: 'the standard deviation of',
  countDistinct: 'the number of different',
};
const UNITS: Record<string, string> = {
  s: 'second',
  m: 'minute',
  h: 'hour',
  d: 'day',
  w: 'week',
  M: 'month',
  Q: 'quarter',
  y: 'year',
};

/** A rule as a tree of lines; a group of one is that one. */
export function describeRule(rule: Rule): RuleLine {
  return isGroup(rule) ? describeGroup(rule) : describeCondition(rule);
}

/** Whether something found in an activity's settings is a rule. */
export function isRule(value: unknown): value is Rule {
  if (typeof value !== 'object' || value === null) return false;
  const { combinator, rules, field, operator, filter, audience, expression } = value as Record<
    string,
    unknown
  >;
  if (typeof combinator === 'string' && Array.isArray(rules)) return true;
  return (
    typeof filter === 'string' ||
    typeof audience === 'string' ||
    ((typeof field === 'string' || typeof expression === 'string') && typeof operator === 'string')
  );
}

/** Date math (`now-30d`, `now/M`) in words; `undefined` if `value` is none. */
export function dateWords(value: string): string | undefined {
  const match = /^now(?:([+-])(\d+|\{\{\s*\w+\s*\}\})([smhdwMQy]))?(?:\/([smhdwMQy]))?$/.exec(
    value,
  );
  if (match === null) return undefined;
  const [, sign, amount, unit, rounding] = match;
  const start = rounding === undefined ? undefined : UNITS[rounding];
  if (sign === undefined || amount === undefined || unit === undefined) {
    return start === undefined ? 'now' : startOf(start, 0);
  }
  if (start !== undefined && amount === '1' && unit === rounding) {
    return startOf(start, sign === '-' ? -1 : 1);
  }
  const span = `${amount} ${UNITS[unit] ?? unit}${amount === '1' ? '' : 's'}`;
  const moment = sign === '-' ? `${span} ago` : `in ${span}`;
  return start === undefined ? moment : `the start of the ${start}, ${moment}`;
}

function startOf(unit: string, shift: -1 | 0 | 1): string {
  if (unit === 'day') return { [-1]: 'yesterday', 0: 'today', 1: 'tomorrow' }[shift];
  return `the start of ${{ [-1]: 'last', 0: 'this', 1: 'next' }[shift]} ${unit}`;
}

function isGroup(rule: Rule): rule is RuleGroup {
  return 'rules' in rule && Array.isArray(rule.rules);
}

function describeGroup({ combinator, not = false, rules }: RuleGroup): RuleLine {
  const [first, ...others] = rules;
  if (first === undefined) return line([text(not ? 'no row at all' : 'every row')]);
  if (others.length === 0 && !not) return describeRule(first);
  if (combinator === 'except') {
    const words = not ? 'all but: the first, without the others' : 'the first, without the others';
    return line([text(words)], rules.map(describeRule));
  }
  const all = not ? 'not all of these hold' : 'all of these hold';
  const any = not ? 'none of these holds' : 'at least one of these holds';
  return line([text(combinator === 'and' ? all : any)], rules.map(describeRule));
}

function describeCondition(rule: RuleCondition): RuleLine {
  if (rule.audience !== undefined) {
    const words = rule.operator === 'notIn' ? 'is not in the audience' : 'is in the audience';
    return line([text(words), value(rule.audience)]);
  }
  if (rule.filter !== undefined) return describeFilter(rule.filter, rule.parameters ?? {});
  if (rule.match !== undefined) return describeMatch(rule, rule.match);
  const operator = rule.operator ?? '=';
  const end = [
    text(operatorWords(operator, typeof rule.value === 'string' && isDate(rule.value))),
    ...valueParts(rule, operator),
  ];
  if (rule.aggregate !== undefined) {
    const where = rule.where === undefined || rule.where.rules.length === 0 ? [] : [rule.where];
    const subject = aggregateParts(rule.field ?? '', rule.aggregate);
    const tail = where.length === 0 ? end : [...end, text('counting only where')];
    return line([...subject, ...tail], where.map(describeRule));
  }
  const subject = rule.field === undefined ? value(rule.expression ?? '') : path(rule.field);
  const exact = rule.caseSensitive === true ? [text('(case matters)')] : [];
  return line([subject, ...end, ...exact]);
}

function describeFilter(name: string, parameters: Record<string, unknown>): RuleLine {
  const given = Object.entries(parameters).map(([key, each]) => `${key} ${plain(each)}`);
  const parts = [text('passes the filter'), value(name)];
  return line(given.length === 0 ? parts : [...parts, text(`with ${given.join(', ')}`)]);
}

function describeMatch(rule: RuleCondition, match: { mode: string; threshold?: number }): RuleLine {
  const count = match.threshold ?? 0;
  const modes: Record<string, string> = {
    some: 'at least one of',
    none: 'none of',
    all: 'each of',
    atLeast: `at least ${count} of`,
    atMost: `at most ${count} of`,
    exactly: `exactly ${count} of`,
  };
  const parts = [text(modes[match.mode] ?? match.mode), path(rule.field ?? '')];
  const inner = rule.value;
  if (!isRule(inner) || (isGroup(inner) && inner.rules.length === 0)) return line(parts);
  return line([...parts, text('where')], [describeRule(inner)]);
}

function aggregateParts(
  field: string,
  aggregate: { function: string; field?: string },
): RulePart[] {
  if (aggregate.function === 'count') return [text('the number of'), path(field)];
  const words = FUNCTIONS[aggregate.function] ?? `the ${aggregate.function} of`;
  const inner = aggregate.field === undefined ? field : `${field}.${aggregate.field}`;
  return [text(words), path(inner)];
}

/** `times`: whether a moment is compared, of which one says before and after. */
export function operatorWords(operator: string, times: boolean): string {
  return (times ? DATE_OPERATORS[operator] : undefined) ?? OPERATORS[operator] ?? operator;
}

function valueParts(rule: RuleCondition, operator: string): RulePart[] {
  if (WITHOUT_VALUE.has(operator)) return [];
  if (rule.valueSource === 'field') return [path(String(rule.value))];
  if (!Array.isArray(rule.value)) return [value(plain(rule.value))];
  const values = rule.value.map((each) => value(plain(each)));
  const between = operator === 'between' || operator === 'notBetween';
  return values.flatMap((each, index) =>
    index === 0 ? [each] : [text(between ? 'and' : 'or'), each],
  );
}

function plain(operand: unknown): string {
  if (typeof operand === 'string') return dateWords(operand) ?? operand;
  if (typeof operand === 'boolean') return operand ? 'yes' : 'no';
  return operand === undefined ? '' : JSON.stringify(operand);
}

function isDate(operand: string): boolean {
  return dateWords(operand) !== undefined || /^\d{4}-\d{2}-\d{2}/.test(operand);
}

function line(parts: RulePart[], children: RuleLine[] = []): RuleLine {
  return { parts, children };
}
const text = (words: string): RulePart => ({ kind: 'text', text: words });
const value = (words: string): RulePart => ({ kind: 'value', text: words });
const path = (name: string): RulePart => ({ kind: 'field', text: name.replaceAll('.', ' › ') });
