/** Values of a rule that become parameters of a predefined filter. Pure. */
import type { Rule, RuleCondition, RuleGroup } from '@/api/types';
import { isGroup } from '@/rules/edit';
import { follow, type Scope } from '@/rules/scope';

/** A value that stands in a rule, and could be a parameter. */
export interface Literal {
  /** Keys on the way to it in the rule. */
  at: (string | number)[];
  /** What the condition is about, as a reader knows it. */
  subject: string;
  value: string | number | boolean;
  /** A name for it, unless another takes it. */
  name: string;
  /** The column type that the parameter would have. */
  type: string;
  default: string | number | boolean;
  /** What stands in the rule in place of the value. */
  placeholder: (name: string) => string;
}
export interface Parameter {
  type: string;
  default: string | number | boolean;
  label?: string;
}

/** Date math whose number can be asked for: `now-30d` is `now-{{days}}d`. */
const AGO = /^now([+-])(\d+)([smhdwMQy])(\/[smhdwMQy])?$/;
const SPANS: Record<string, string> = {
  s: 'seconds',
  m: 'minutes',
  h: 'hours',
  d: 'days',
  w: 'weeks',
  M: 'months',
  Q: 'quarters',
  y: 'years',
};

/** All single values that the conditions of a rule compare with. */
export function literalsOf(scope: Scope, rule: Rule, at: (string | number)[] = []): Literal[] {
  if (isGroup(rule)) {
    return rule.rules.flatMap((part, index) => literalsOf(scope, part, [...at, 'rules', index]));
  }
  const found = follow(scope, rule.field ?? '');
  const inner = found?.scope ?? scope;
  const within = (part: unknown, key: string): Literal[] =>
    isGroup(part) ? literalsOf(inner, part, [...at, key]) : [];
  const own = rule.match === undefined ? literalOf(rule, found, at) : undefined;
  return [
    ...(own === undefined ? [] : [own]),
    ...within(rule.value, 'value'),
    ...within(rule.where, 'where'),
  ];
}

function literalOf(
  rule: RuleCondition,
  found: ReturnType<typeof follow>,
  at: (string | number)[],
): Literal | undefined {
  const { value } = rule;
  const isPlain = (rule.valueSource ?? 'value') === 'value' && rule.operator !== undefined;
  const single =
    typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  if (!isPlain || !single || value === '' || String(value).includes('{{')) return undefined;
  const subject = found?.labels.join(' › ') ?? rule.expression ?? rule.field ?? '';
  const name = (rule.field ?? 'value').split('.').at(-1) ?? 'value';
  const literal = { at: [...at, 'value'], subject, value };
  const math = typeof value === 'string' ? AGO.exec(value) : null;
  if (math !== null) {
    const [, sign = '-', amount = '0', unit = 'd', rounding = ''] = math;
    return {
      ...literal,
      name: SPANS[unit] ?? name,
      type: 'integer',
      default: Number(amount),
      placeholder: (chosen) => `now${sign}{{${chosen}}}${unit}${rounding}`,
    };
  }
  return {
    ...literal,
    name,
    type: typeOf(rule, found?.column?.type, value),
    default: value,
    placeholder: (chosen) => `{{${chosen}}}`,
  };
}

function typeOf(rule: RuleCondition, column: unknown, value: string | number | boolean): string {
  const isFigure = rule.aggregate !== undefined;
  if (!isFigure && typeof column === 'string') return column;
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value === 'string') return 'string';
  return Number.isInteger(value) && rule.aggregate?.function === 'count' ? 'integer' : 'number';
}

/** The rule with the chosen values asked for, and the parameters; `names` is by the order of the literals. */
export function withParameters(
  rule: RuleGroup,
  literals: Literal[],
  names: (string | undefined)[],
): { where: RuleGroup; parameters: Record<string, Parameter> } {
  const where = structuredClone(rule);
  const parameters: Record<string, Parameter> = {};
  for (const [index, literal] of literals.entries()) {
    const name = names[index];
    if (name === undefined) continue;
    parameters[name] = { type: literal.type, default: literal.default, label: literal.subject };
    put(where, literal.at, literal.placeholder(name));
  }
  return { where, parameters };
}

function put(target: unknown, at: (string | number)[], value: unknown): void {
  const [first, ...rest] = at;
  if (first === undefined || typeof target !== 'object' || target === null) return;
  const object = target as Record<string | number, unknown>;
  if (rest.length === 0) object[first] = value;
  else put(object[first], rest, value);
}
