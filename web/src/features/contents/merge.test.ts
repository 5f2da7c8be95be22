import { expect, it } from 'vitest';
import type { ContentDocument } from '@/api/contents';
import { mergeContents } from '@/features/contents/merge';

const BASE: ContentDocument = { kind: 'content', name: 'a', subject: 'Hello', html: '<p>1</p>' };

it.each<
  [string, Partial<ContentDocument>, Partial<ContentDocument>, Partial<ContentDocument>, string[]]
>([
  [
    'different fields',
    { subject: 'Hi' },
    { html: '<p>2</p>' },
    { subject: 'Hi', html: '<p>2</p>' },
    [],
  ],
  ['the same change', { subject: 'Hi' }, { subject: 'Hi' }, { subject: 'Hi' }, []],
  ['one field twice', { subject: 'Hi' }, { subject: 'Hey' }, { subject: 'Hi' }, ['subject']],
  [
    'a field taken away',
    { html: undefined, mjml: '<mjml/>' },
    {},
    { html: undefined, mjml: '<mjml/>' },
    [],
  ],
])('%s', (_, mine, theirs, expected, conflicts) => {
  const merged = mergeContents(BASE, { ...BASE, ...mine }, { ...BASE, ...theirs });
  expect(merged.conflicts).toEqual(conflicts);
  expect(JSON.parse(JSON.stringify(merged.document))).toEqual(
    JSON.parse(JSON.stringify({ ...BASE, ...expected })),
  );
});
