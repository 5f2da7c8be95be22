import { expect, test } from 'vitest';
import { columnsIn, columnsOf, likelyPairs, pairsText } from '@/features/audiences/file';

test('the first line of a file names its columns', () => {
  expect(columnsIn('mail;first name\r\na@b.example;Ann')).toEqual(['mail', 'first name']);
  expect(columnsIn('\uFEFF"mail","city, ""old"""\n')).toEqual(['mail', 'city, "old"']);
  expect(columnsIn('mail\n1')).toEqual(['mail']);
  expect(columnsIn('')).toEqual([]);
});

test('packed files are unpacked, and what is no file of that kind has no columns', async () => {
  const lines = new Blob(['mail,city\n1,2\n']).stream();
  const bytes = await new Response(lines.pipeThrough(new CompressionStream('gzip'))).arrayBuffer();
  const packed = new File([bytes], 'members.csv.gz');
  expect(await columnsOf(packed)).toEqual(['mail', 'city']);
  expect(await columnsOf(new File(['mail,city'], 'broken.csv.gz'))).toEqual([]);
  expect(await columnsOf(new File(['mail,city'], 'members.csv'))).toEqual(['mail', 'city']);
});

test('lines find their rows by the whole key, else by the first field of one name', () => {
  const fields = ['shop', 'number', 'email', 'city'];
  expect(likelyPairs(['Number', 'SHOP', 'city'], ['shop', 'number'], fields)).toEqual([
    { column: 'SHOP', field: 'shop' },
    { column: 'Number', field: 'number' },
  ]);
  expect(likelyPairs(['e-mail', 'city'], ['shop', 'number'], fields)).toEqual([
    { column: 'e-mail', field: 'email' },
  ]);
  expect(likelyPairs(['x'], ['shop'], fields)).toEqual([]);
});

test('only whole pairs are sent', () => {
  const pairs = [
    { column: 'mail', field: 'email' },
    { column: '', field: 'city' },
  ];
  expect(pairsText(pairs)).toBe('mail=email');
  expect(pairsText([])).toBe('');
});
