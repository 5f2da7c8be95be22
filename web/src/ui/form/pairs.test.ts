import { expect, it } from 'vitest';
import { pairsOf, toObject, twice, type Pair } from '@/ui/form/pairs';

it('objects are pairs, and pairs objects', () => {
  expect(pairsOf({ mail: 'email', born: 'birth_date' })).toEqual([
    ['mail', 'email'],
    ['born', 'birth_date'],
  ]);
  for (const none of [undefined, null, 'text', ['list'], 3]) expect(pairsOf(none)).toEqual([]);
  expect(toObject(pairsOf({ a: 1, b: null }))).toEqual({ a: 1, b: null });
});

it('what is half typed is not written, and nothing is lost to a name that is there already', () => {
  const pairs: Pair[] = [
    ['a', 1],
    ['', 2],
    ['a', 3],
    ['b', undefined],
  ];
  expect(toObject(pairs)).toEqual({ a: 1 });
  expect(pairs.map((_, index) => twice(pairs, index))).toEqual([false, false, true, false]);
});
