import { expect, test } from 'vitest';
import { rowKey } from '@/features/common/keys';

test('the parts of a key are joined as the ledger joins them', () => {
  expect(rowKey(['p1'])).toBe('p1');
  expect(rowKey(['a,b'])).toBe('a,b');
  expect(rowKey(['a,b', 7])).toBe('a\\,b,7');
  expect(rowKey(['back\\slash', 1])).toBe('back\\\\slash,1');
});
