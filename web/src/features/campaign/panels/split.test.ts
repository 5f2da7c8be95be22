import { describe, expect, it } from 'vitest';
import {
  equalShares,
  freshSubset,
  readSubsets,
  setPercent,
  sharesOf,
} from '@/features/campaign/panels/split';

const rule = { combinator: 'and', rules: [{ field: 'a', operator: '=', value: 1 }] };

describe('split', () => {
  it.each([
    [[{ id: 'a', limit: { percent: 50 } }, { id: 'b' }], [50, 50], 0],
    [
      [
        { id: 'a', limit: { percent: 45 } },
        { id: 'b', limit: { percent: 45 } },
      ],
      [45, 45],
      10,
    ],
    [
      [
        { id: 'a', limit: { percent: 80 } },
        { id: 'b', limit: { percent: 45 } },
      ],
      [80, 20],
      0,
    ],
    [[{ id: 'a', where: rule }, { id: 'b' }], [undefined, undefined], undefined],
    [
      [
        { id: 'a', limit: { number: 5 } },
        { id: 'b', limit: { percent: 10 } },
      ],
      [undefined, 10],
      undefined,
    ],
    [[], [], 100],
  ])('%j', (subsets, percents, rest) => {
    const found = sharesOf(subsets);
    expect(found.shares.map(({ percent }) => percent)).toEqual(percents);
    expect(found.rest).toBe(rest);
  });

  it('takes of all where subsets overlap', () => {
    const subsets = [
      { id: 'a', limit: { percent: 80 } },
      { id: 'b', limit: { percent: 45 } },
      { id: 'c' },
    ];
    const found = sharesOf(subsets, true);
    expect(found.shares.map(({ percent }) => percent)).toEqual([80, 45, 100]);
    expect(found.rest).toBeUndefined();
  });

  it('changes shares', () => {
    const subsets = [{ id: 'a', limit: { number: 3 } }, { id: 'b' }, { id: 'c' }];
    expect(setPercent(subsets, 0, 20)[0]).toEqual({ id: 'a', limit: { percent: 20 } });
    expect(equalShares(subsets).map(({ limit }) => limit?.percent)).toEqual([
      33.33,
      33.33,
      undefined,
    ]);
    expect(freshSubset(subsets).id).toBe('d');
    expect(readSubsets([{ id: 'a' }, 'x', {}])).toEqual([{ id: 'a' }]);
  });
});
