/** Which tables stand in the diagram. Pure. */
import type { TableListed } from '@/api/types';

/** One's own tables; with a search, those that are called so and those that a link joins to them. */
export function shownTables(tables: TableListed[], search: string): TableListed[] {
  const own = tables.filter(({ builtin }) => builtin !== true);
  const wanted = search.trim().toLowerCase();
  if (wanted === '') return own;
  const found = own.filter(({ name, label }) =>
    `${name} ${label ?? ''}`.toLowerCase().includes(wanted),
  );
  const names = new Set(found.map(({ name }) => name));
  const joined = (table: TableListed) =>
    table.links.some(({ to }) => names.has(to)) ||
    found.some(({ links }) => links.some(({ to }) => to === table.name));
  return own.filter((table) => names.has(table.name) || joined(table));
}
