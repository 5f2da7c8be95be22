/** What can be found behind links without going there step by step. Pure. */
import type { TableColumn, TableLink } from '@/api/types';
import { behind, columnsOf, isToOne, linkLabel, linksOf, type Scope } from '@/rules/scope';

/** A column, or rows behind a link to many, at the end of links to one row. */
export interface Far {
  way: TableLink[];
  column?: TableColumn;
  many?: TableLink;
}

/** Links to one row that are followed. */
const DEPTH = 3;

/** All columns behind links to one row, and the links to many rows there; the nearest first. */
export function farFrom(scope: Scope): Far[] {
  const found: Far[] = [];
  let ways: { way: TableLink[]; at: Scope; passed: string[] }[] = [
    { way: [], at: scope, passed: [scope.table] },
  ];
  for (let depth = 0; depth < DEPTH; depth += 1) {
    ways = ways.flatMap(({ way, at, passed }) =>
      linksOf(at)
        // What leads back where one was finds nothing new.
        .filter((link) => isToOne(link) && !passed.includes(link.to))
        .map((link) => ({
          way: [...way, link],
          at: behind(at, link),
          passed: [...passed, link.to],
        })),
    );
    for (const { way, at } of ways) {
      found.push(...columnsOf(at).map((column) => ({ way, column })));
      found.push(...linksOf(at).flatMap((many) => (isToOne(many) ? [] : [{ way, many }])));
    }
  }
  return found;
}

export function pathOf({ way, column, many }: Far): string {
  return [...way, column ?? many].flatMap((each) => each?.name ?? []).join('.');
}

export function wayWords({ way }: Far): string {
  return way.map(linkLabel).join(' › ');
}

/** Whether each word stands in one of the texts. */
export function hasWords(search: string, texts: string[]): boolean {
  const text = texts.join(' ').toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
