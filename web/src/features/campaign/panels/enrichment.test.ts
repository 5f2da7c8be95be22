import { expect, test } from 'vitest';
import {
  asKind,
  columnsOfAdd,
  freshAdd,
  kindOfAdd,
  named,
  readAdds,
} from '@/features/campaign/panels/enrichment';

test('an entry becomes another kind, and keeps what it is called', () => {
  const field = { name: 'spent', label: 'Spent', field: 'city' };
  expect(kindOfAdd(field)).toBe('field');
  const figure = asKind(field, 'aggregate', ['orders']);
  expect(figure).toEqual({
    name: 'spent',
    label: 'Spent',
    link: 'orders',
    aggregate: { function: 'count' },
  });
  expect(kindOfAdd(asKind(figure, 'collect', []))).toBe('collect');
  expect(asKind(figure, 'collect', []).link).toBe('orders');
});

test('names are free and follow what is chosen until somebody gives one', () => {
  const adds = [freshAdd([])];
  const second = freshAdd(adds);
  expect(second.name).toBe('column_2');
  expect(named(second, 'city', [...adds, second]).name).toBe('city');
  expect(named({ ...second, name: 'town' }, 'city', adds).name).toBe('town');
});

test('collected rows give numbered columns and a list', () => {
  const add = { name: 'latest', link: 'orders', collect: { count: 2, fields: ['total'] } };
  expect(columnsOfAdd(add)).toEqual(['latest_1_total', 'latest_2_total', 'latest']);
  expect(readAdds(undefined)).toEqual([]);
});
