/** The conditions of a test, as its panel edits them. Pure. */
import { asObject } from '@/ui/form/schema';
import { fitValue, type ColumnKind } from '@/rules/scope';

export interface Condition {
  id: string;
  label?: string;
  count?: string;
  variable?: string;
  expression?: string;
  operator?: string;
  value?: unknown;
}
/** What a condition is about; the rows that arrive where nothing says. */
export type Subject = 'rows' | 'count' | 'variable' | 'expression';

export function readConditions(value: unknown): Condition[] {
  if (!Array.isArray(value)) return [];
  return (value as unknown[]).map((each) => {
    const condition = asObject(each);
    return { ...condition, id: typeof condition.id === 'string' ? condition.id : '' };
  });
}

/** As the server reads it, which looks at one after the other. */
export function subjectOf({ count, variable, expression }: Condition): Subject {
  if (count !== undefined) return 'count';
  if (variable !== undefined) return 'variable';
  return expression === undefined ? 'rows' : 'expression';
}

/** The condition about something else; its id and label stay. */
export function about(condition: Condition, subject: Subject): Condition {
  const { id, label } = condition;
  const kept = { id, ...(label !== undefined && { label }) };
  switch (subject) {
    case 'rows':
      return { ...kept, operator: '>', value: 0 };
    case 'count':
      return { ...kept, count: '', operator: '>', value: 0 };
    case 'variable':
      return { ...kept, variable: '', operator: '=', value: '' };
    case 'expression':
      return { ...kept, expression: '' };
  }
}

/** The condition with another operator, and a value that suits it; without one it holds when it is true. */
export function compared(
  { operator: _operator, value, ...condition }: Condition,
  operator: string | undefined,
  kind: ColumnKind,
): Condition {
  if (operator === undefined) return condition;
  const fitted = fitValue(operator, kind, value);
  return { ...condition, operator, ...(fitted !== undefined && { value: fitted }) };
}

/** A new condition whose id no other has. */
export function freshCondition(conditions: Condition[]): Condition {
  const known = new Set(conditions.map(({ id }) => id));
  let number = conditions.length + 1;
  while (known.has(`condition_${number}`)) number += 1;
  return { id: `condition_${number}`, operator: '>', value: 0 };
}
