import { expect, test } from 'vitest';
import { portLabel } from '@/canvas/ports';

const split = {
  id: 'test',
  type: 'split',
  subsets: [{ id: 'a', label: 'Discount' }, { id: 'b' }],
};

test('a port is called as its activity says', () => {
  expect(portLabel(split, 'a')).toBe('Discount');
  expect(portLabel(split, 'b')).toBe('b');
  expect(portLabel(split, 'complement')).toBe('complement');
  expect(portLabel(undefined, 'gold')).toBe('gold');
});
