/** What is marked in a text. Pure. */

export interface Mark {
  severity: 'error' | 'warning';
  message: string;
  /** From 1; without it, the first line. */
  line?: number | undefined;
  column?: number | undefined;
}
export interface Diagnosed {
  severity: 'error' | 'warning';
  message: string;
  /** In characters from the beginning. */
  from: number;
  to: number;
}

/** Where marks stand in a text: from their column to the end of the line; past its end, on the last line. */
export function diagnosticsOf(text: string, marks: Mark[]): Diagnosed[] {
  const lines = text.split('\n');
  const starts: number[] = [];
  let at = 0;
  for (const line of lines) {
    starts.push(at);
    at += line.length + 1;
  }
  const placed = marks.map(({ severity, message, line = 1, column = 1 }) => {
    const index = Math.min(Math.max(line, 1), lines.length) - 1;
    const start = starts[index] ?? 0;
    const length = lines[index]?.length ?? 0;
    const from = start + Math.min(Math.max(column, 1) - 1, length);
    return { severity, message, from, to: start + length };
  });
  return placed.sort((a, b) => a.from - b.from);
}
