/** Rules (contract §3) in plain words, as a tree of lines. Pure. */
import type { Rule, RuleAggregate, RuleCondition, RuleGroup, RulePick } from '@/api/types';
import { t } from '@/i18n';
import { isPreset, presetWords } from '@/rules/presets';

export interface RulePart {
  kind: 'text' | 'field' | 'value';
  text: string;
}
export interface RuleLine {
  parts: RulePart[];
  children: RuleLine[];
}

const OPERATORS: Record<string, string> = {
  '=': t('op.is'),
  '!=': t('op.isNot'),
  '<': t('op.less'),
  '<=': t('op.most'),
  '>': t('op.more'),
  '>=': t('op.least'),
  between: t('op.between'),
  notBetween: t('op.notBetween'),
  in: t('op.in'),
  notIn: t('op.notIn'),
  contains: t('op.contains'),
  doesNotContain: t('op.notContains'),
  beginsWith: t('op.begins'),
  doesNotBeginWith: t('op.notBegins'),
  endsWith: t('op.ends'),
  doesNotEndWith: t('op.notEnds'),
  like: t('op.like'),
  notLike: t('op.notLike'),
  null: t('op.null'),
  notNull: t('op.notNull'),
  empty: t('op.empty'),
  notEmpty: t('op.notEmpty'),
};
const DATE_OPERATORS: Record<string, string> = {
  '<': t('op.before'),
  '<=': t('op.until'),
  '>': t('op.after'),
  '>=': t('op.since'),
};
const WITHOUT_VALUE = new Set(['null', 'notNull', 'empty', 'notEmpty']);
const FUNCTIONS: Record<string, string> = {
  sum: t('figure.sum'),
  avg: t('figure.avg'),
  min: t('figure.min'),
  max: t('figure.max'),
  stddev: t('figure.stddev'),
  countDistinct: t('figure.countDistinct'),
};
const UNITS: Record<string, Unit> = {
  s: 'second',
  m: 'minute',
  h: 'hour',
  d: 'day',
  w: 'week',
  M: 'month',
  Q: 'quarter',
  y: 'year',
};

type Unit = 'second' | 'minute' | 'hour' | 'day' | 'week' | 'month' | 'quarter' | 'year';

/** A rule as a tree of lines; a group of one is that one. */
export function describeRule(rule: Rule): RuleLine {
  return isGroup(rule) ? describeGroup(rule) : describeCondition(rule);
}

/** Whether something found in an activity's settings is a rule. */
export function isRule(value: unknown): value is Rule {
  if (typeof value !== 'object' || value === null) return false;
  const { combinator, rules, field, operator, filter, audience, population, expression, match } =
    value as Record<string, unknown>;
  if (typeof combinator === 'string' && Array.isArray(rules)) return true;
  return (
    typeof filter === 'string' ||
    typeof audience === 'string' ||
    typeof population === 'string' ||
    (typeof field === 'string' && typeof match === 'object') ||
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
    return start === undefined ? t('date.now') : startOf(start, 0);
  }
  if (start !== undefined && amount === '1' && unit === rounding) {
    return startOf(start, sign === '-' ? -1 : 1);
  }
  const count = /^\d+$/.test(amount) ? Number(amount) : 2;
  const known = UNITS[unit];
  const span = `${amount} ${known === undefined ? unit : t(`unit.${known}`, { n: count })}`;
  const moment = sign === '-' ? t('date.ago', { span }) : t('date.in', { span });
  if (start === undefined) return moment;
  return t('date.startThen', { start: t(`date.the.${start}`), moment });
}

function startOf(unit: Unit, shift: -1 | 0 | 1): string {
  if (unit === 'day') {
    return { [-1]: t('date.yesterday'), 0: t('date.today'), 1: t('date.tomorrow') }[shift];
  }
  const which = ({ [-1]: 'last', 0: 'this', 1: 'next' } as const)[shift];
  return t('date.start', { period: t(`date.${which}.${unit}`) });
}

function isGroup(rule: Rule): rule is RuleGroup {
  return 'rules' in rule && Array.isArray(rule.rules);
}

function describeGroup({ combinator, not = false, rules }: RuleGroup): RuleLine {
  const [first, ...others] = rules;
  if (first === undefined) return line([text(not ? t('say.noRow') : t('say.everyRow'))]);
  if (others.length === 0 && !not) return describeRule(first);
  if (combinator === 'except') {
    const words = not ? t('say.notExcept') : t('say.except');
    return line([text(words)], rules.map(describeRule));
  }
  const all = not ? t('say.notAll') : t('say.all');
  const any = not ? t('say.noneOf') : t('say.any');
  return line([text(combinator === 'and' ? all : any)], rules.map(describeRule));
}

function describeCondition(rule: RuleCondition): RuleLine {
  if (rule.audience !== undefined) {
    const words = rule.operator === 'notIn' ? t('rules.notInAudience') : t('rules.inAudience');
    return line([text(words), value(rule.audience)]);
  }
  if (rule.population !== undefined) {
    const words = rule.operator === 'notIn' ? t('rules.notInPopulation') : t('rules.inPopulation');
    return line([text(words), value(rule.population)]);
  }
  if (rule.filter !== undefined) return describeFilter(rule.filter, rule.parameters ?? {});
  if (rule.match !== undefined) return describeMatch(rule, rule.match);
  const operator = rule.operator ?? '=';
  const end = [text(operatorWords(operator, isDate(rule.value))), ...valueParts(rule, operator)];
  if (rule.aggregate !== undefined) {
    const where = rule.where === undefined || rule.where.rules.length === 0 ? [] : [rule.where];
    const subject = aggregateParts(rule.field ?? '', rule.aggregate, rule.pick);
    const tail = where.length === 0 ? end : [...end, text(t('say.countingOnly'))];
    return line([...subject, ...tail], where.map(describeRule));
  }
  const subject = rule.field === undefined ? value(rule.expression ?? '') : path(rule.field);
  const exact = rule.caseSensitive === true ? [text(t('say.case'))] : [];
  return line([subject, ...end, ...exact]);
}

function describeFilter(name: string, parameters: Record<string, unknown>): RuleLine {
  const given = Object.entries(parameters).map(([key, each]) => `${key} ${plain(each)}`);
  const parts = [text(t('say.filter')), value(name)];
  return line(
    given.length === 0 ? parts : [...parts, text(t('say.with', { given: given.join(', ') }))],
  );
}

function describeMatch(rule: RuleCondition, match: { mode: string; threshold?: number }): RuleLine {
  const count = match.threshold ?? 0;
  const modes: Record<string, string> = {
    some: t('say.some'),
    none: t('say.none'),
    all: t('say.each'),
    atLeast: t('say.atLeast', { n: count }),
    atMost: t('say.atMost', { n: count }),
    exactly: t('say.exactly', { n: count }),
  };
  const parts = [
    text(modes[match.mode] ?? match.mode),
    ...pickParts(rule.pick),
    path(rule.field ?? ''),
  ];
  const inner = rule.value;
  if (!isRule(inner) || (isGroup(inner) && inner.rules.length === 0)) return line(parts);
  return line([...parts, text(t('rules.where'))], [describeRule(inner)]);
}

function aggregateParts(field: string, aggregate: RuleAggregate, pick?: RulePick): RulePart[] {
  const picked = pickParts(pick);
  const { function: name, field: inner, expression = '' } = aggregate;
  if (name === 'count') return [text(t('say.number')), ...picked, path(field)];
  if (name === undefined) return [value(expression), text(t('say.over')), ...picked, path(field)];
  const words = FUNCTIONS[name] ?? t('say.figure', { figure: name });
  const subject = inner === undefined ? field : `${field}.${inner}`;
  return [text(words), ...picked, path(subject)];
}

function pickParts(pick: RulePick | undefined): RulePart[] {
  if (pick === undefined) return [];
  const { by, order = 'ascending', n = 1 } = pick;
  const words = order === 'descending' ? t('say.greatest', { n, by }) : t('say.least', { n, by });
  return [text(words)];
}

/** `times`: whether a moment is compared, of which one says before and after. */
export function operatorWords(operator: string, times: boolean): string {
  return (times ? DATE_OPERATORS[operator] : undefined) ?? OPERATORS[operator] ?? operator;
}

function valueParts(rule: RuleCondition, operator: string): RulePart[] {
  if (WITHOUT_VALUE.has(operator)) return [];
  if (rule.valueSource === 'field') return [path(String(rule.value))];
  if (rule.valueSource === 'variable') return [value(`$${String(rule.value)}`)];
  if (rule.valueSource === 'aggregate') {
    const {
      field = '',
      aggregate = { function: 'count' },
      pick,
    } = (rule.value ?? {}) as RuleCondition;
    return aggregateParts(field, aggregate, pick);
  }
  if (!Array.isArray(rule.value)) return [value(plain(rule.value))];
  const values = rule.value.map((each) => value(plain(each)));
  const between = operator === 'between' || operator === 'notBetween';
  return values.flatMap((each, index) =>
    index === 0 ? [each] : [text(between ? t('say.and') : t('say.or')), each],
  );
}

function plain(operand: unknown): string {
  if (typeof operand === 'string') return dateWords(operand) ?? operand;
  if (isPreset(operand)) return presetWords(operand);
  if (typeof operand === 'boolean') return operand ? t('say.yes') : t('say.no');
  return operand === undefined ? '' : JSON.stringify(operand);
}

function isDate(operand: unknown): boolean {
  if (typeof operand !== 'string') return isPreset(operand);
  return dateWords(operand) !== undefined || /^\d{4}-\d{2}-\d{2}/.test(operand);
}

function line(parts: RulePart[], children: RuleLine[] = []): RuleLine {
  return { parts, children };
}
const text = (words: string): RulePart => ({ kind: 'text', text: words });
const value = (words: string): RulePart => ({ kind: 'value', text: words });
const path = (name: string): RulePart => ({ kind: 'field', text: name.replaceAll('.', ' › ') });
