/** What a combination is set to, and which of its settings mean something. Pure. */
import { asObject } from '@/ui/form/schema';

export interface SetRule {
  set: string;
  link?: string;
  on?: Record<string, unknown>;
}

export function readRules(value: unknown): SetRule[] {
  if (!Array.isArray(value)) return [];
  return (value as unknown[]).map((each) => {
    const rule = asObject(each);
    return { ...rule, set: typeof rule.set === 'string' ? rule.set : '' };
  });
}

/** The settings of an operation in their order; what is set already is there, whether it means something or not. */
export function settingsFor(activity: Record<string, unknown>): string[] {
  const { operation, by, rules } = activity;
  const isUnion = operation === 'union';
  const byKey = isNothing(by) && isNothing(rules);
  const meant: Record<string, boolean> = {
    primary: operation === 'exclusion' || !byKey,
    by: true,
    rules: !isUnion,
    case_sensitive: !byKey,
    columns: operation !== 'exclusion' && byKey,
    limit: isUnion,
    complement: true,
  };
  return Object.keys(meant).filter((name) => meant[name] === true || !isNothing(activity[name]));
}

function isNothing(value: unknown): boolean {
  return value === undefined || (Array.isArray(value) && value.length === 0);
}

/** The rule over a link, or by fields that are equal. */
export function asWay({ set }: SetRule, way: 'link' | 'on'): SetRule {
  return way === 'link' ? { set, link: '' } : { set, on: {} };
}
