/** Which rows of a group stay, in every form that the setting is written in. Pure. */
import { operandOf, operandText, readOperand, type Operand } from '@/rules/operand';
import { asObject } from '@/ui/form/schema';

export type CriterionKind = 'random' | 'by' | 'filled' | 'values';

export interface Criterion {
  kind: CriterionKind;
  /** The field or expression whose values decide. */
  by: Operand | undefined;
  descending: boolean;
  /** The values that are wanted, the most wanted first. */
  list: unknown[];
}

/** `random`, one criterion, or a list of them, the most important first; nothing is at random. */
export function readMethod(value: unknown): Criterion[] {
  const list: unknown[] = Array.isArray(value) ? value : value === undefined ? [] : [value];
  return list.filter((each) => each !== null).map(readCriterion);
}

function readCriterion(value: unknown): Criterion {
  const { expression, order, non_empty: filled, values } = asObject(value);
  const plain = { descending: false, list: [] };
  if (filled !== undefined) return { ...plain, kind: 'filled', by: readOperand(filled) };
  if (values !== undefined) {
    const { field, list } = asObject(values);
    const wanted = Array.isArray(list) ? (list as unknown[]) : [];
    return { ...plain, kind: 'values', by: readOperand(field), list: wanted };
  }
  if (expression !== undefined || order !== undefined) {
    const by = operandOf(expression);
    return { ...plain, kind: 'by', by, descending: order === 'descending' };
  }
  return { ...plain, kind: 'random', by: undefined };
}

export function writeMethod(criteria: Criterion[]): unknown {
  const written = criteria.map(writeCriterion);
  return written.length > 1 ? written : written[0];
}

function writeCriterion({ kind, by, descending, list }: Criterion): unknown {
  switch (kind) {
    case 'random':
      return 'random';
    case 'by':
      return {
        expression: operandText(by),
        ...(descending && { order: 'descending' }),
      };
    case 'filled':
      return { non_empty: by ?? '' };
    case 'values':
      return { values: { field: by ?? '', list } };
  }
}
