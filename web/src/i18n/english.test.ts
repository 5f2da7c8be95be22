import ts from 'typescript';
import { expect, test } from 'vitest';

/** The parts of the app as they are written. */
const SOURCES = import.meta.glob<string>(
  ['../**/*.tsx', '!../**/*.test.tsx', '!../**/testing.tsx'],
  {
    query: '?raw',
    import: 'default',
    eager: true,
  },
);
/** Attributes whose words people see or hear. */
const SAID = new Set([
  'alt',
  'aria-label',
  'ariaLabel',
  'confirm',
  'description',
  'header',
  'help',
]);
const SAID_TOO = ['label', 'placeholder', 'subtitle', 'summary', 'text', 'title'];
SAID_TOO.forEach((name) => SAID.add(name));
/** Names, and signs that are the same in every language. */
const NAMES = new Set(['DuckDB', 'Excel', 'PostgreSQL', 'Tutti']);

/** Words with a capital, as sentences and labels begin. */
function isEnglish(text: string): boolean {
  const words = text.trim();
  return /^[^\p{L}]*\p{Lu}\p{Ll}/u.test(words) && !NAMES.has(words);
}

/** What stands in the text itself instead of in the tables of words. */
function wordsIn(path: string, source: string): string[] {
  const file = ts.createSourceFile(path, source, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX);
  const found: string[] = [];
  const look = (node: ts.Node, isSaid: boolean): void => {
    if (ts.isJsxText(node)) keep(node.text);
    if (isSaid && (ts.isStringLiteralLike(node) || ts.isTemplateHead(node))) keep(node.text);
    // The arguments of a call are what it says, and not what is said.
    if (ts.isCallExpression(node)) return node.forEachChild((child) => look(child, false));
    if (ts.isJsxAttribute(node)) {
      const said = SAID.has(node.name.getText(file));
      return node.forEachChild((child) => look(child, said));
    }
    if (ts.isPropertyAssignment(node)) {
      const said = SAID.has(node.name.getText(file));
      return look(node.initializer, said);
    }
    const isChild = ts.isJsxExpression(node) && !ts.isJsxAttribute(node.parent);
    node.forEachChild((child) => look(child, isChild || (isSaid && !ts.isJsxElement(node))));
  };
  const keep = (text: string) => {
    if (isEnglish(text)) found.push(`${path}: ${text.trim().replaceAll(/\s+/g, ' ')}`);
  };
  look(file, false);
  return found;
}

test('all words come from the tables of words', () => {
  expect(Object.keys(SOURCES).length).toBeGreaterThan(100);
  const left = Object.entries(SOURCES).flatMap(([path, source]) => wordsIn(path, source));
  expect(left).toEqual([]);
}, 60_000);

test.each([
  ['<p>Some words</p>', 1],
  ['<p>{n} rows</p>', 0],
  ['<b>Tutti</b>', 0],
  ['<X label="Name" value="Name" />', 1],
  ['<X title={`Message: ${subject}`} />', 1],
  ['<X title={isOld ? "Older" : t("Newer")} />', 1],
  ['<X>{isOld ? "Older" : null}</X>', 1],
  ['<X data={[{ value: "Name", label: "Name" }]} />', 1],
  ['<X>{rows.map((row) => row.get("Name"))}</X>', 0],
])('%s', (source, count) => {
  expect(wordsIn('x.tsx', source)).toHaveLength(count);
});
