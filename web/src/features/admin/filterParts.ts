/** The parameters of a predefined filter as a form has them, and its rule as it is by default. Pure. */
import type { FilterDocument, Rule } from '@/api/types';

export type Parameters = NonNullable<FilterDocument['parameters']>;
export interface ParameterRow {
  name: string;
  type: string;
  label: string;
  /** As it is typed; empty: none, so that each use has to say it. */
  standard: string;
}

export const PARAMETER_TYPES = ['string', 'integer', 'number', 'boolean', 'date', 'timestamp'];

export function parameterRows(value: unknown): ParameterRow[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value as Parameters).map(([name, parameter]) => ({
    name,
    type: parameter?.type ?? 'string',
    label: parameter?.label ?? '',
    standard: parameter?.default === undefined ? '' : String(parameter.default),
  }));
}

/** The parameters of the document; nothing where there are none. Rows without a name or with a name twice wait. */
export function parametersOf(rows: ParameterRow[]): Parameters | undefined {
  const found: Parameters = {};
  for (const { name, type, label, standard } of rows) {
    if (name === '' || found[name] !== undefined) continue;
    found[name] = {
      type,
      ...(standard !== '' && { default: typed(standard, type) }),
      ...(label !== '' && { label }),
    };
  }
  return Object.keys(found).length === 0 ? undefined : found;
}

function typed(text: string, type: string): unknown {
  if (type === 'boolean') return text === 'true';
  const isNumber = type === 'integer' || type === 'number' || type.startsWith('decimal');
  return isNumber && text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
}

/** The rule with what its parameters are where a use says nothing; nothing while one has no default. */
export function byDefault(rule: Rule, parameters: Parameters | undefined): Rule | undefined {
  let lacking = false;
  const fill = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(fill);
    if (typeof value === 'object' && value !== null) {
      return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, fill(part)]));
    }
    if (typeof value !== 'string') return value;
    const standard = (name: string) => {
      const found = parameters?.[name]?.default;
      if (found === undefined) lacking = true;
      return found;
    };
    const whole = /^\{\{\s*(\w+)\s*\}\}$/.exec(value)?.[1];
    if (whole !== undefined) return standard(whole);
    return value.replaceAll(/\{\{\s*(\w+)\s*\}\}/g, (_, name: string) => String(standard(name)));
  };
  const filled = fill(rule) as Rule;
  return lacking ? undefined : filled;
}
