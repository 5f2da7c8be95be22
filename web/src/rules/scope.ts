/** What a rule can speak of: the columns and links of a table, and what is behind them. Pure. */
import { t } from '@/i18n';
import type { Place, Setting } from '@/api/questions';
import type { FilterDocument, TableColumn, TableLink, TableListed } from '@/api/types';
import { humanize } from '@/ui/format';

export interface Scope {
  tables: TableListed[];
  /** What the whole rule is about; empty where the server has no table of such rows, and cannot be asked. */
  dimension: string;
  /** The way from the dimension's table to this one, over links: `orders.product`; empty at the start. */
  way: string;
  /** The table whose rows the rule is about. */
  table: string;
  /** Predefined filters over this very table. */
  filters: FilterDocument[];
  /** Audiences of the dimension; none inside of linked rows. */
  audiences: { name: string; label?: string | null | undefined }[];
  /** Earlier populations of the campaign, `ACTIVITY` or `ACTIVITY.PORT`; none inside of linked rows. */
  populations: { value: string; label: string }[];
  /** The zone and the variables of the campaign. */
  setting: Setting;
  /** Columns that were added on the way here. */
  added: TableColumn[];
  /** What a run knows of what came before, which expressions call `$rows_target`. */
  facts?: Fact[];
  /** Where on a canvas the rule stands, if these are the rows that the server knows there. */
  place?: Place | undefined;
}
/** Something that only a run knows, by its name behind the `$`. */
export interface Fact {
  name: string;
  label: string;
}

/** What the names of tables begin with that the server does not have, such as the lines of a file. */
const UNASKED = '__';

export type ColumnKind = 'text' | 'number' | 'boolean' | 'date' | 'timestamp' | 'choice';

export function tableOf(scope: Scope): TableListed | undefined {
  return scope.tables.find(({ name }) => name === scope.table);
}

export function columnsOf(scope: Scope): TableColumn[] {
  const hidden = new Set(scope.added.map(({ name }) => name));
  const own = tableOf(scope)?.columns ?? [];
  return [...own.filter(({ name }) => !hidden.has(name)), ...scope.added];
}

export function linksOf(scope: Scope): TableLink[] {
  return tableOf(scope)?.links ?? [];
}

/** The column that tells one row from the others, where one alone does. */
export function keyOf(scope: Scope): TableColumn | undefined {
  const [key, ...others] = tableOf(scope)?.primary_key ?? [];
  if (others.length > 0) return undefined;
  return tableOf(scope)?.columns.find(({ name }) => name === key);
}

export function linkLabel({ name, label }: TableLink): string {
  return label ?? humanize(name);
}

/** Whether one row has at most one row behind this link. */
export function isToOne({ cardinality }: TableLink): boolean {
  return cardinality === 'many-to-one' || cardinality === 'one-to-one';
}

/** The links from here to many rows. */
export function manyLinks(scope: Scope): TableLink[] {
  return linksOf(scope).filter((link) => !isToOne(link));
}

/** The same rules over the rows behind a link. */
export function behind(scope: Scope, link: TableLink): Scope {
  const way = pathFrom(scope, link.name);
  const dimension = link.to.startsWith(UNASKED) ? '' : scope.dimension;
  const inside = { filters: [], audiences: [], populations: [], added: [] };
  return { ...scope, ...inside, dimension, way, table: link.to };
}

/** The path of a field here, from the dimension's table on. */
export function pathFrom(scope: Scope, field: string): string {
  return scope.way === '' ? field : `${scope.way}.${field}`;
}

export interface Found {
  column: TableColumn | undefined;
  /** The last link on the way, when the path ends in one. */
  link: TableLink | undefined;
  /** What the path ends in: its own scope. */
  scope: Scope;
  /** Labels of the way. */
  labels: string[];
}

/** Follows a path such as `orders.product.name`; `undefined` where it leads nowhere. */
export function follow(scope: Scope, path: string): Found | undefined {
  let at = scope;
  let link: TableLink | undefined;
  const labels: string[] = [];
  const names = path.split('.');
  for (const [index, name] of names.entries()) {
    const column = columnsOf(at).find((each) => each.name === name);
    if (column !== undefined && index === names.length - 1) {
      return {
        column,
        link: undefined,
        scope: at,
        labels: [...labels, column.label ?? humanize(name)],
      };
    }
    link = linksOf(at).find((each) => each.name === name);
    if (link === undefined) return undefined;
    labels.push(linkLabel(link));
    at = behind(at, link);
  }
  return { column: undefined, link, scope: at, labels };
}

export function kindOf(column: TableColumn | undefined): ColumnKind {
  if (column === undefined) return 'text';
  if ((column.values ?? []).length > 0) return 'choice';
  const type = typeof column.type === 'string' ? column.type : (Object.keys(column.type)[0] ?? '');
  if (/^(integer|number|decimal)/.test(type)) return 'number';
  if (type === 'boolean' || type === 'date' || type === 'timestamp') return type;
  return 'text';
}

const TEXT = [
  '=',
  '!=',
  'contains',
  'doesNotContain',
  'beginsWith',
  'doesNotBeginWith',
  'endsWith',
  'doesNotEndWith',
  'like',
  'notLike',
  'in',
  'notIn',
  'empty',
  'notEmpty',
  'null',
  'notNull',
];
const ORDERED = [
  '=',
  '!=',
  '<',
  '<=',
  '>',
  '>=',
  'between',
  'notBetween',
  'in',
  'notIn',
  'null',
  'notNull',
];
const TIMES = ['>=', '<', '>', '<=', '=', '!=', 'between', 'notBetween', 'null', 'notNull'];

export function operatorsOf(kind: ColumnKind): string[] {
  switch (kind) {
    case 'text':
      return TEXT;
    case 'choice':
      return ['in', 'notIn', '=', '!=', 'null', 'notNull'];
    case 'number':
      return ORDERED;
    case 'boolean':
      return ['=', '!=', 'null', 'notNull'];
    case 'date':
    case 'timestamp':
      return TIMES;
  }
}

export const WITHOUT_VALUE = new Set(['null', 'notNull', 'empty', 'notEmpty']);
export const WITH_LIST = new Set(['in', 'notIn']);
export const WITH_TWO = new Set(['between', 'notBetween']);

/** The operators for values that an expression has. */
export function operatorsOfType(type: string | undefined): string[] {
  return type === undefined ? ANY : operatorsOf(kindOf({ name: '', type }));
}

const ANY = [...new Set([...ORDERED, ...TEXT])];

/** A type as a reader knows it: `decimal(12,2)` is a number. */
export function typeLabel(type: string): string {
  const kind = kindOf({ name: '', type });
  return t(`rules.type.${kind === 'choice' ? 'text' : kind}`);
}

/** A value that suits an operator, made of the one that was there. */
export function fitValue(operator: string, kind: ColumnKind, value: unknown): unknown {
  if (WITHOUT_VALUE.has(operator)) return undefined;
  if (WITH_LIST.has(operator)) {
    return Array.isArray(value) ? value : value === undefined || value === '' ? [] : [value];
  }
  if (WITH_TWO.has(operator)) {
    const [low, high] = Array.isArray(value) ? (value as unknown[]) : [value];
    return [low ?? firstValue(kind), high ?? firstValue(kind)];
  }
  const single: unknown = Array.isArray(value) ? value[0] : value;
  return single ?? firstValue(kind);
}

export function firstValue(kind: ColumnKind): unknown {
  switch (kind) {
    case 'number':
      return 0;
    case 'boolean':
      return true;
    case 'date':
    case 'timestamp':
      return 'now-30d';
    case 'text':
    case 'choice':
      return '';
  }
}

/** The scope with one more link, to a table that the server has or to one that is given. */
export function withLink(scope: Scope, link: TableLink, table?: TableListed): Scope {
  const to = table ?? scope.tables.find(({ name }) => name === link.to);
  if (to === undefined) return scope;
  const name = `${UNASKED}${link.name}`;
  const tables = scope.tables.map((each) =>
    each.name === scope.table ? { ...each, links: [...each.links, { ...link, to: name }] } : each,
  );
  return { ...scope, tables: [...tables, { ...to, name }] };
}

/** What is known of rows that are of no table: only what they carry. */
export function looseScope(
  base: Pick<Scope, 'tables' | 'setting' | 'populations' | 'facts'>,
  label: string,
  columns: TableColumn[],
): Scope {
  const table = `${UNASKED}rows`;
  const listed = { name: table, label, columns, primary_key: [], links: [], rows: null };
  return {
    ...base,
    tables: [...base.tables, { ...listed, version: null }],
    dimension: '',
    way: '',
    table,
    filters: [],
    audiences: [],
    added: [],
  };
}
