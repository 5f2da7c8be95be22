/** The order of the columns of a table that a reader arranges. Pure. */

/** The columns with those first that were placed, in that order; the others as they are. */
export function arranged(columns: string[], placed: string[]): string[] {
  const known = placed.filter((name, at) => columns.includes(name) && placed.indexOf(name) === at);
  return [...known, ...columns.filter((name) => !known.includes(name))];
}

/** The order with one column a place earlier or later. */
export function moved(columns: string[], name: string, step: -1 | 1): string[] {
  const from = columns.indexOf(name);
  const to = from + step;
  if (from === -1 || to < 0 || to >= columns.length) return columns;
  return columns.toSpliced(from, 1).toSpliced(to, 0, name);
}
