import { expect, test } from 'vitest';
import {
  likelyCardinality,
  likelyColumns,
  linkName,
  pairsOn,
  typesWith,
  withColumn,
  withLink,
  withoutLink,
  type TableSaid,
} from '@/features/tables/document';

const column = (name: string) => ({ name, type: 'string' });
const orders: TableSaid = {
  kind: 'table',
  name: 'orders',
  columns: [column('order_id'), { ...column('customer_id'), label: 'Who' }],
  primary_key: ['order_id'],
};
const customers = {
  columns: [column('customer_id'), column('city')],
  primary_key: ['customer_id'],
};

test('one column is changed, and what is empty is left out', () => {
  expect(withColumn(orders, 'customer_id', { label: '', required: true }).columns[1]).toEqual({
    name: 'customer_id',
    type: 'string',
    required: true,
  });
  expect(withColumn(orders, 'order_id', { values: ['a'] }).columns[0]?.values).toEqual(['a']);
  expect(withColumn(orders, 'order_id', { values: [] }).columns[0]).toEqual(orders.columns[0]);
});

test('a link comes and goes, and the document is as it was', () => {
  const link = { name: 'customer', to: 'customers', on: { customer_id: 'customer_id' } };
  const linked = withLink(orders, { ...link, cardinality: 'many-to-one' });
  expect(linked.links).toHaveLength(1);
  expect(withoutLink(linked, 'customer')).toEqual(orders);
});

test('a link is called like its table, unless that is taken', () => {
  expect(linkName(orders, 'customers')).toBe('customers');
  expect(linkName({ columns: [column('customers')] }, 'customers')).toBe('customers_2');
});

test('the columns of a link are guessed by the keys, in both directions', () => {
  const pairs = likelyColumns(orders, customers);
  expect(pairs).toEqual([{ here: 'customer_id', there: 'customer_id' }]);
  expect(likelyCardinality(pairs, orders, customers)).toBe('many-to-one');
  expect(likelyCardinality(pairs, customers, orders)).toBe('one-to-many');
  expect(likelyCardinality(pairs, customers, customers)).toBe('one-to-one');
  expect(likelyColumns(orders, { columns: [column('x')], primary_key: ['x'] })).toEqual([
    { here: '', there: '' },
  ]);
});

test('pairs are taken when all are whole', () => {
  expect(pairsOn([{ here: 'a', there: 'b' }])).toEqual({ a: 'b' });
  expect(pairsOn([{ here: 'a', there: '' }])).toBeUndefined();
  expect(pairsOn([])).toBeUndefined();
});

test('a type that is not among the usual ones can be kept', () => {
  expect(typesWith('decimal(18,4)')).toContain('decimal(18,4)');
  expect(typesWith('string')).toHaveLength(7);
});
