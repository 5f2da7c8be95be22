/** A value of each row as settings write it: the path of a field, or an expression. Pure. */
import { isFieldPath } from '@/ui/fieldChoices';

/** `email`, or `{expression: "lower(email)"}`. */
export type Operand = string | { expression: string };

/** What is written there, in either form; `undefined` for what is neither. */
export function readOperand(value: unknown): Operand | undefined {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return undefined;
  const { expression } = value as { expression?: unknown };
  return typeof expression === 'string' ? { expression } : undefined;
}

/** The same out of one text, where a plain path is a field and anything else an expression. */
export function operandOf(text: unknown): Operand | undefined {
  if (typeof text !== 'string') return undefined;
  return text === '' || isFieldPath(text) ? text : { expression: text };
}

/** The text of either. */
export function operandText(operand: Operand | undefined): string {
  return typeof operand === 'object' ? operand.expression : (operand ?? '');
}

export function isExpression(operand: Operand | undefined): operand is { expression: string } {
  return typeof operand === 'object';
}
