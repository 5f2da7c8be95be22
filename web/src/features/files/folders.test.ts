import { expect, test } from 'vitest';
import { contentsOf, pathIn, wayTo } from '@/features/files/folders';

const file = (name: string, bytes = 10) => ({ name, bytes, modified_at: '2026-10-01T00:00:00Z' });
const files = [
  file('people.csv'),
  file('incoming/a.csv', 5),
  file('incoming/daily/b.csv', 7),
  file('incoming2/c.csv'),
];

test('the topmost folder has its files, and folders with all that is below them', () => {
  const { folders, files: here } = contentsOf(files, '');
  expect(here.map(({ name }) => name)).toEqual(['people.csv']);
  expect(folders).toEqual([
    { path: 'incoming', name: 'incoming', files: 2, bytes: 12 },
    { path: 'incoming2', name: 'incoming2', files: 1, bytes: 10 },
  ]);
});

test('a folder has what is in it, and not what is in one whose name begins alike', () => {
  const { folders, files: here } = contentsOf(files, 'incoming');
  expect(here.map(({ name }) => name)).toEqual(['incoming/a.csv']);
  expect(folders.map(({ path }) => path)).toEqual(['incoming/daily']);
});

test('a search finds files in all folders below', () => {
  const found = (folder: string) =>
    contentsOf(files, folder, ' .CSV ').files.map(({ name }) => name);
  expect(found('')).toHaveLength(4);
  expect(found('incoming')).toEqual(['incoming/a.csv', 'incoming/daily/b.csv']);
});

test('ways and places of files are paths without empty parts', () => {
  expect(wayTo('incoming/daily').map(({ path }) => path)).toEqual(['incoming', 'incoming/daily']);
  expect(pathIn(' /incoming//daily/ ', 'x.csv')).toBe('incoming/daily/x.csv');
  expect(pathIn('', 'x.csv')).toBe('x.csv');
});
