import { expect, it } from 'vitest';
import { freeName, isTaken, rowsOf, variablesFrom } from '@/features/campaign/variables';

it('variables are as they were when nothing is changed', () => {
  const variables = {
    tier: 'gold',
    least: 3,
    vip: true,
    share: 0.5,
    budget: { type: 'decimal(12,2)', value: '1.50' },
    since: { type: 'date' },
  };
  expect(variablesFrom(rowsOf(variables))).toEqual(variables);
  expect(variablesFrom(rowsOf(undefined))).toBeUndefined();
});

it('of two rows with one name the first one is kept, and both stay to be mended', () => {
  const rows = rowsOf({ a: '1', b: '2' }).map((row) => ({ ...row, name: 'a' }));
  expect(variablesFrom(rows)).toEqual({ a: '1' });
  expect(rows.map((_, index) => isTaken(rows, index))).toEqual([false, true]);
  expect(freeName([...rowsOf({ variable_2: '' })])).toBe('variable_3');
});

it('a type is written where the value does not tell it', () => {
  const [row] = rowsOf({ a: '7' });
  if (row === undefined) throw new Error('no row');
  expect(variablesFrom([{ ...row, type: 'integer', value: 7 }])).toEqual({ a: 7 });
  expect(variablesFrom([{ ...row, type: 'date', value: 'now-1d' }])).toEqual({
    a: { type: 'date', value: 'now-1d' },
  });
  expect(variablesFrom([{ ...row, type: 'integer', value: undefined }])).toEqual({
    a: { type: 'integer' },
  });
});
