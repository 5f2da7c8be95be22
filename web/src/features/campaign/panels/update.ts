/** What the columns of a table become, in every form that it is written in. Pure. */
import { asObject } from '@/ui/form/schema';

export type SourceKind = 'field' | 'expression' | 'value' | 'nothing';

export interface Assignment {
  kind: SourceKind;
  /** The path of a field, or an expression. */
  text: string;
  value: unknown;
  /** When the column is set; always where nothing says. */
  when: string | undefined;
}

/** A field path, or an object with a field, an expression or a value, of which `null` takes away what is there. */
export function readAssignment(written: unknown): Assignment {
  if (typeof written === 'string') {
    return { kind: 'field', text: written, value: undefined, when: undefined };
  }
  const { field, expression, value, when } = asObject(written);
  const timing = typeof when === 'string' ? when : undefined;
  if (typeof expression === 'string') {
    return { kind: 'expression', text: expression, value: undefined, when: timing };
  }
  if (typeof field === 'string') {
    return { kind: 'field', text: field, value: undefined, when: timing };
  }
  const kind = value === null ? 'nothing' : 'value';
  return { kind, text: '', value, when: timing };
}

export function writeAssignment({ kind, text, value, when }: Assignment): unknown {
  const timing = when === undefined || when === 'always' ? {} : { when };
  switch (kind) {
    case 'field':
      return when === undefined || when === 'always' ? text : { field: text, ...timing };
    case 'expression':
      return { expression: text, ...timing };
    case 'value':
      return { value: value ?? '', ...timing };
    case 'nothing':
      return { value: null, ...timing };
  }
}
