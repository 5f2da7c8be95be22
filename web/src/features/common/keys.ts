/** The parts of a key in one text, as the ledger has them: commas within parts are escaped. */
export function rowKey(parts: unknown[]): string {
  const [only] = parts;
  if (parts.length === 1) return String(only);
  return parts.map((part) => String(part).replace(/[\\,]/g, '\\$&')).join(',');
}
