/** Changes of the document of a table. Pure. */
import type { TableColumn } from '@/api/types';
import { nameFrom } from '@/ui/names';

export interface LinkSaid {
  name: string;
  to: string;
  /** Columns here, and the columns there that equal them. */
  on: Record<string, string>;
  cardinality: string;
  /** What it is called from the other table. */
  reverse?: string;
  label?: string;
}
/** The document of a table; what the app does not read stays in it. */
export interface TableSaid {
  kind: 'table';
  name: string;
  label?: string;
  columns: TableColumn[];
  primary_key: string[];
  version?: string;
  links?: LinkSaid[];
}
export interface ColumnPair {
  here: string;
  there: string;
}

export const CARDINALITIES = ['many-to-one', 'one-to-many', 'one-to-one'];

/** The types that a column can have, with one that it has already. */
export function typesWith(type: string): string[] {
  const usual = ['string', 'integer', 'number', 'decimal(12,2)', 'boolean', 'date', 'timestamp'];
  return usual.includes(type) ? usual : [...usual, type];
}

/** The document with another word on one column; empty values are left out. */
export function withColumn<T extends { columns: TableColumn[] }>(
  document: T,
  name: string,
  part: Partial<Pick<TableColumn, 'label' | 'required' | 'values' | 'type'>>,
): T {
  const columns = document.columns.map((column) => {
    if (column.name !== name) return column;
    const { label, required, values, ...rest } = { ...column, ...part };
    return {
      ...rest,
      ...(label && { label }),
      ...(required === true && { required }),
      ...(values !== undefined && values.length > 0 && { values }),
    };
  });
  return { ...document, columns };
}

export function withoutLink(document: TableSaid, name: string): TableSaid {
  const { links = [], ...rest } = document;
  const left = links.filter((link) => link.name !== name);
  return left.length === 0 ? rest : { ...rest, links: left };
}

export function withLink(document: TableSaid, link: LinkSaid): TableSaid {
  return { ...document, links: [...(document.links ?? []), link] };
}

/** What a new link to a table is called, unless somebody calls it otherwise. */
export function linkName(document: Pick<TableSaid, 'columns' | 'links'>, to: string): string {
  const taken = [
    ...document.columns.map(({ name }) => name),
    ...(document.links ?? []).map(({ name }) => name),
  ];
  return nameFrom(to, taken, 'link');
}

interface Columned {
  columns: TableColumn[];
  primary_key: string[];
}

/** The columns that most likely make up a link: the key there, where columns of its names are here, or the other way. */
export function likelyColumns(from: Columned, to: Columned): ColumnPair[] {
  const has = (table: Columned, name: string) =>
    table.columns.some((column) => column.name === name);
  const key = [to.primary_key, from.primary_key].find(
    (each) => each.length > 0 && each.every((name) => has(from, name) && has(to, name)),
  );
  return key?.map((name) => ({ here: name, there: name })) ?? [{ here: '', there: '' }];
}

/** Many rows here lead to one there where the columns there are its key. */
export function likelyCardinality(pairs: ColumnPair[], from: Columned, to: Columned): string {
  const isKey = (table: Columned, names: string[]) =>
    table.primary_key.length === names.length &&
    names.every((name) => table.primary_key.includes(name));
  const here = isKey(
    from,
    pairs.map((pair) => pair.here),
  );
  const there = isKey(
    to,
    pairs.map((pair) => pair.there),
  );
  if (here && there) return 'one-to-one';
  return here ? 'one-to-many' : 'many-to-one';
}

/** The pairs as the document has them; nothing while one is not whole. */
export function pairsOn(pairs: ColumnPair[]): Record<string, string> | undefined {
  if (pairs.length === 0 || pairs.some(({ here, there }) => here === '' || there === '')) {
    return undefined;
  }
  return Object.fromEntries(pairs.map(({ here, there }) => [here, there]));
}
