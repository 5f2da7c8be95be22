/** The text of a document: what it says, changes of single parts that leave the rest as it was written. Pure. */
import { isCollection, parseDocument } from 'yaml';
import type { TextItem, Validation } from '@/api/admin';
import type { Mark } from '@/ui/marks';

export type Path = (string | number)[];

/** What a text says; nothing while it cannot be read as one document. */
export function saidIn(text: string): Record<string, unknown> | undefined {
  const parsed = parseDocument(text);
  if (parsed.errors.length > 0) return undefined;
  const value: unknown = parsed.toJS();
  return isMap(value) ? value : undefined;
}

export function partAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (part, key) =>
      typeof part === 'object' && part !== null
        ? (part as Record<string | number, unknown>)[key]
        : undefined,
    value,
  );
}

/** The text with another value at a place, or with none there; comments and order stay. */
export function withPart(text: string, path: Path, value: unknown): string {
  const document = parseDocument(text);
  if (value === undefined) {
    if (document.hasIn(path)) document.deleteIn(path);
    return document.toString({ lineWidth: 110 });
  }
  for (let length = 1; length < path.length; length += 1) {
    const part = path.slice(0, length);
    if (document.hasIn(part) && !isCollection(document.getIn(part, true))) document.deleteIn(part);
  }
  document.setIn(path, document.createNode(value));
  return document.toString({ lineWidth: 110 });
}

/** What the server finds in a text, where it stands. */
export function marksOf({ errors, warnings }: Validation): Mark[] {
  const mark = (severity: Mark['severity']) => (item: TextItem) => ({
    severity,
    message: [item.message, item.hint].filter(Boolean).join('. '),
    line: item.line ?? undefined,
    column: item.column ?? undefined,
  });
  return [...errors.map(mark('error')), ...warnings.map(mark('warning'))];
}

/** Whether a text is about the document of this name; another name would make another one. */
export function keepsName(text: string, kind: string, name: string): boolean {
  const said = saidIn(text);
  return said === undefined || (said.kind === kind && said.name === name);
}

/** The parts in which two documents differ, as `smtp.host`. */
export function differences(a: unknown, b: unknown, at = ''): string[] {
  if (JSON.stringify(a) === JSON.stringify(b)) return [];
  if (!isMap(a) || !isMap(b)) return [at];
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return names.flatMap((name) => differences(a[name], b[name], at === '' ? name : `${at}.${name}`));
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
