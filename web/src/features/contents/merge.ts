/** Two people's changes of one content, field by field. Pure. */
import type { ContentDocument } from '@/api/contents';

export interface Merged {
  document: ContentDocument;
  /** Fields that both changed in different ways; mine was taken. */
  conflicts: string[];
}

export function sameValue(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
}

export function sameDocument(a: ContentDocument, b: ContentDocument): boolean {
  return a === b || changedFields(a, b).length === 0;
}

/** The fields in which two documents differ. */
export function changedFields(a: ContentDocument, b: ContentDocument): string[] {
  const [left, right] = [fieldsOf(a), fieldsOf(b)];
  return [...new Set([...Object.keys(left), ...Object.keys(right)])].filter(
    (name) => !sameValue(left[name], right[name]),
  );
}

export function mergeContents(
  base: ContentDocument,
  mine: ContentDocument,
  theirs: ContentDocument,
): Merged {
  const document = { ...fieldsOf(theirs) };
  const conflicts: string[] = [];
  for (const name of changedFields(base, mine)) {
    const [former, own, other] = [base, mine, theirs].map((each) => fieldsOf(each)[name]);
    if (!sameValue(former, other) && !sameValue(own, other)) conflicts.push(name);
    document[name] = own;
  }
  return { document: withoutNothing(document as unknown as ContentDocument), conflicts };
}

/** The document without fields that have no value. */
export function withoutNothing(document: ContentDocument): ContentDocument {
  const fields = Object.entries(fieldsOf(document)).filter(([, value]) => value !== undefined);
  return Object.fromEntries(fields) as unknown as ContentDocument;
}

function fieldsOf(document: ContentDocument): Record<string, unknown> {
  return document as unknown as Record<string, unknown>;
}
