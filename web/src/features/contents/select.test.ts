import { expect, it } from 'vitest';
import type { ContentListed } from '@/api/contents';
import { selectContents } from '@/features/contents/select';

const line = (name: string, part: Partial<ContentListed> = {}): ContentListed => ({
  kind: 'content',
  name,
  label: null,
  description: null,
  tags: [],
  folder: null,
  version: 1,
  updated_at: '2026-01-01T00:00:00Z',
  format: 'mjml',
  draft: false,
  used_by: [],
  ...part,
});
const ALL = [
  line('winter', { label: 'Winter sale', tags: ['sale'] }),
  line('hello', { subject: 'Welcome to the SHOP', folder: 'start' }),
  line('footer', { kind: 'fragment' }),
];

it.each([
  [{}, ['winter', 'hello', 'footer']],
  [{ search: 'shop' }, ['hello']],
  [{ search: 'winter s' }, ['winter']],
  [{ kind: 'fragment' as const }, ['footer']],
  [{ tag: 'sale' }, ['winter']],
  [{ folder: 'start', search: 'nothing' }, []],
])('selects by %o', (asked, expected) => {
  expect(selectContents(ALL, asked).map(({ name }) => name)).toEqual(expected);
});
