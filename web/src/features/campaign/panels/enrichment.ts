/** The columns that an enrichment adds, as its panel edits them. Pure. */
import type { RuleAggregate, RuleGroup } from '@/api/types';
import { nameOfColumn } from '@/features/campaign/form/columns';
import { asObject } from '@/ui/form/schema';
import { nameFrom } from '@/ui/names';

/** The most rows that are collected for one. */
export const COUNT_MAX = 50;

export type AddKind = 'field' | 'expression' | 'collect' | 'aggregate';

export interface Collect {
  count: number;
  /** One order, or a list of them. */
  sort?: unknown;
  where?: RuleGroup;
  /** Paths of fields, and fields or expressions with names of their own. */
  fields?: unknown[];
}
export interface Add {
  name: string;
  label?: string;
  field?: string;
  expression?: string;
  link?: string;
  collect?: Collect;
  aggregate?: RuleAggregate;
  where?: RuleGroup;
}

/** What the document says; what is no list of columns is none yet. */
export function readAdds(value: unknown): Add[] {
  if (!Array.isArray(value)) return [];
  return (value as unknown[]).map((each) => {
    const add = asObject(each);
    return { ...add, name: typeof add.name === 'string' ? add.name : '' };
  });
}

export function kindOfAdd(add: Add): AddKind {
  if (add.collect !== undefined) return 'collect';
  if (add.aggregate !== undefined) return 'aggregate';
  return add.expression === undefined ? 'field' : 'expression';
}

/** The entry as another kind of column; its name and its link stay. */
export function asKind(add: Add, kind: AddKind, links: string[]): Add {
  const { name, label, link = links[0] ?? '' } = add;
  const kept = { name, ...(label !== undefined && { label }) };
  switch (kind) {
    case 'field':
      return { ...kept, field: '' };
    case 'expression':
      return { ...kept, expression: '' };
    case 'collect':
      return { ...kept, link, collect: { count: 3, fields: [] } };
    case 'aggregate':
      return { ...kept, link, aggregate: { function: 'count' } };
  }
}

/** A new entry with a name that no other has. */
export function freshAdd(adds: Add[]): Add {
  return { name: freeName('column', adds), field: '' };
}

/** A name for what was chosen, unless somebody gave one already. */
export function named(add: Add, wish: string, adds: Add[]): Add {
  const others = adds.filter((each) => each !== add);
  const isDefault = /^column(_\d+)?$/.test(add.name);
  return isDefault && wish !== '' ? { ...add, name: freeName(wish, others) } : add;
}

function freeName(wish: string, adds: Add[]): string {
  return nameFrom(
    wish,
    adds.map(({ name }) => name),
    'column',
  );
}

/** The columns that an entry gives, as messages and later activities name them. */
export function columnsOfAdd(add: Add): string[] {
  const { name, collect } = add;
  if (collect === undefined) return [name];
  const fields = (Array.isArray(collect.fields) ? collect.fields : []).map(nameOfColumn);
  const numbered = (index: number) => fields.map((field) => `${name}_${index}_${field}`);
  const count = Math.min(collect.count, COUNT_MAX);
  return [...Array.from({ length: count }, (_, index) => numbered(index + 1)).flat(), name];
}
