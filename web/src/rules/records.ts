/** Linked rows by what they are called, for conditions on which row a link leads to. Pure. */
import type { RecordsOf } from '@/api/questions';
import { columnsOf, follow, isToOne, keyOf, kindOf, linksOf, type Scope } from '@/rules/scope';

/** A linked row. */
export interface RecordChoice {
  key: string;
  label: string;
}

/** Stands between what a row is called and its key. */
const BETWEEN = '\u001f';
/** Names of columns that say what a row is called, the best first. */
const TITLES = ['label', 'name', 'title', 'full_name', 'code'];

/** How the rows behind a link to one row are asked for; `undefined` where they cannot be. */
export function recordsOf(scope: Scope, path: string): RecordsOf | undefined {
  const inner = follow(scope, path)?.scope;
  const key = inner === undefined ? undefined : keyOf(inner);
  if (inner === undefined || key === undefined || inner.dimension === '') return undefined;
  // An expression starts at the rows of the dimension, and follows links to one row alone.
  if (scope.way !== '' || !leadsToOne(scope, path)) return undefined;
  const title = titleOf(inner);
  const called = title === undefined ? "''" : `coalesce(${path}.${title}, '')`;
  return {
    ...scope.setting,
    dimension: scope.dimension,
    // Without a linked row there is no key, and so no text.
    field: { expression: `${called} || char(31) || to_string(${path}.${key.name})` },
  };
}

export function readRecord(text: string): RecordChoice | undefined {
  const at = text.lastIndexOf(BETWEEN);
  if (at < 0 || at === text.length - 1) return undefined;
  const [label, key] = [text.slice(0, at), text.slice(at + 1)];
  return { key, label: label === '' || label === key ? key : `${label} (${key})` };
}

/** The column that says what a row is called, if any does. */
export function titleOf(scope: Scope): string | undefined {
  const key = keyOf(scope)?.name;
  const texts = columnsOf(scope).filter(
    (each) => each.name !== key && ['text', 'choice'].includes(kindOf(each)),
  );
  const named = TITLES.flatMap((title) => texts.filter(({ name }) => name === title));
  return (named[0] ?? texts[0])?.name;
}

/** Whether a path goes over links to one row only. */
function leadsToOne(scope: Scope, path: string): boolean {
  let at: Scope | undefined = scope;
  for (const name of path.split('.')) {
    const link = at === undefined ? undefined : linksOf(at).find((each) => each.name === name);
    if (at === undefined || link === undefined || !isToOne(link)) return false;
    at = follow(at, name)?.scope;
  }
  return true;
}
