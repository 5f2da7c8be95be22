/** The columns that an enrichment adds, as its panel edits them. Pure. */
import type { RuleAggregate, RuleGroup } from '@/api/types';
import { behind, isToOne, linksOf, type Scope } from '@/rules/scope';
import { nameFrom } from '@/ui/names';

export type AddKind = 'field' | 'expression' | 'collect' | 'aggregate';

export interface Sort {
  by: string;
  order?: 'ascending' | 'descending';
}
export interface Collect {
  count: number;
  sort?: Sort | Sort[];
  where?: RuleGroup;
  fields?: string[];
}
export interface Add {
  name: string;
  label?: string;
  field?: string;
  expression?: unknown;
  link?: string;
  collect?: Collect;
  aggregate?: RuleAggregate;
  where?: RuleGroup;
}

/** What the document says; what is no list of columns is none yet. */
export function readAdds(value: unknown): Add[] {
  return Array.isArray(value) ? (value as Add[]) : [];
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

/** Paths of the links that end at many rows, over links to one row at most. */
export function collectionPaths(scope: Scope, depth = 2): string[] {
  return linksOf(scope).flatMap((link) => {
    if (!isToOne(link)) return [link.name];
    if (depth === 0) return [];
    return collectionPaths(behind(scope, link), depth - 1).map((path) => `${link.name}.${path}`);
  });
}

/** The columns that an entry gives, as messages and later activities name them. */
export function columnsOfAdd(add: Add): string[] {
  const { name, collect } = add;
  if (collect === undefined) return [name];
  const fields = collect.fields ?? [];
  const numbered = (index: number) =>
    fields.map((field) => `${name}_${index}_${field.replaceAll('.', '_')}`);
  return [...Array.from({ length: collect.count }, (_, index) => numbered(index + 1)).flat(), name];
}

export function firstSort(sort: Collect['sort']): Sort | undefined {
  return Array.isArray(sort) ? sort[0] : sort;
}
