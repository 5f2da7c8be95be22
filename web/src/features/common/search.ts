/** Reads the query string of a page: what does not fit is as if it were not there. */

export type RawSearch = Record<string, unknown>;

/** Numbers are let through, as `?search=12` arrives as one. */
export function readText(raw: RawSearch, name: string): string | undefined {
  const value = raw[name];
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function readOneOf<const T extends string>(
  raw: RawSearch,
  name: string,
  allowed: readonly T[],
): T | undefined {
  return allowed.find((each) => each === raw[name]);
}

/** A page counted from 1; the first is left out. */
export function readPage(raw: RawSearch, name = 'page'): number | undefined {
  const value = raw[name];
  return typeof value === 'number' && Number.isInteger(value) && value > 1 ? value : undefined;
}
