/** The columns of a file of members, and how its lines find their rows. Pure but for reading the file. */

export interface Pair {
  /** A column of the file. */
  column: string;
  /** The field of the dimension that equals it. */
  field: string;
}

const SEPARATORS = [',', ';', '\t', '|'];
/** As much of a file as holds its first line. */
const HEAD_BYTES = 65_536;

/** The columns that a CSV names in its first line, by the separator that it has most often. */
export function columnsIn(text: string): string[] {
  const plain = text.replace(/^\uFEFF/, '');
  const end = plain.search(/\r|\n/);
  const line = end === -1 ? plain : plain.slice(0, end);
  const counts = SEPARATORS.map((separator) => line.split(separator).length);
  const separator = SEPARATORS[counts.indexOf(Math.max(...counts))] ?? ',';
  const cells: string[] = [];
  let cell = '';
  let quoted = false;
  for (let at = 0; at < line.length; at += 1) {
    const sign = line.charAt(at);
    if (sign === '"' && quoted && line.charAt(at + 1) === '"') {
      cell += sign;
      at += 1;
    } else if (sign === '"') quoted = !quoted;
    else if (sign === separator && !quoted) {
      cells.push(cell);
      cell = '';
    } else cell += sign;
  }
  return [...cells, cell].map((name) => name.trim()).filter((name) => name !== '');
}

/** The columns of a file, packed by gzip or not; none where it cannot be read. */
export async function columnsOf(file: File): Promise<string[]> {
  try {
    if (!file.name.endsWith('.gz')) return columnsIn(await file.slice(0, HEAD_BYTES).text());
    const reader = file.stream().pipeThrough(new DecompressionStream('gzip')).getReader();
    const { value } = await reader.read();
    await reader.cancel();
    return columnsIn(new TextDecoder().decode(value));
  } catch {
    return [];
  }
}

/** How lines most likely find their rows: by the key where the file has it, else by the first fields of one name. */
export function likelyPairs(columns: string[], key: string[], fields: string[]): Pair[] {
  const plain = (name: string) => name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  const columnOf = (field: string) => columns.find((name) => plain(name) === plain(field));
  const pair = (field: string): Pair[] => {
    const column = columnOf(field);
    return column === undefined ? [] : [{ column, field }];
  };
  const byKey = key.flatMap(pair);
  if (key.length > 0 && byKey.length === key.length) return byKey;
  return fields.flatMap(pair).slice(0, 1);
}

/** Pairs as the import takes them: `mail=email`; those that are not whole are left out. */
export function pairsText(pairs: Pair[]): string {
  return pairs
    .filter(({ column, field }) => column !== '' && field !== '')
    .map(({ column, field }) => `${column}=${field}`)
    .join(',');
}
