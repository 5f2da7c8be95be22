/** Entries of lists of columns: a field alone, or one with a name and more. Pure. */
import { isExpression, readOperand, type Operand } from '@/rules/operand';
import { asObject, resolve, type Schema } from '@/ui/form/schema';

/** The schema of the long form of an entry, and whether its expression stands beside its field. */
export interface LongForm {
  schema: Schema;
  apart: boolean;
}

export function longFormOf(items: Schema, root: Schema): LongForm {
  const { anyOf = [], ...whole } = resolve(items, root);
  const found = anyOf.map((each) => resolve(each, root)).find(({ properties }) => properties);
  const schema = found ?? whole;
  return { schema, apart: schema.properties?.expression !== undefined };
}

/** What an entry takes of each row, in whichever form it is written. */
export function operandOfColumn(entry: unknown): Operand | undefined {
  if (typeof entry === 'string') return entry;
  const { field, expression } = asObject(entry);
  return typeof expression === 'string' ? { expression } : readOperand(field);
}

/** The entry with another field or expression; one of a field alone is the path by itself. */
export function withOperand(entry: unknown, operand: Operand | undefined, apart: boolean): unknown {
  const { field: _field, expression: _expression, ...more } = asObject(entry);
  const value = operand ?? '';
  if (typeof value === 'string' && Object.keys(more).length === 0) return value;
  if (!apart) return { ...more, field: value };
  return isExpression(value) ? { ...more, ...value } : { ...more, field: value };
}

/** The entry with other settings besides what it takes. */
export function withMore(entry: unknown, more: Record<string, unknown>, apart: boolean): unknown {
  const { field: _field, expression: _expression, ...own } = more;
  return withOperand(own, operandOfColumn(entry), apart);
}

/** What the column is called that an entry makes. */
export function nameOfColumn(entry: unknown): string {
  const { name } = asObject(entry);
  if (typeof name === 'string' && name !== '') return name;
  const operand = operandOfColumn(entry);
  return typeof operand === 'string' ? operand.replaceAll('.', '_') : '';
}
