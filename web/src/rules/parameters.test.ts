import { expect, test } from 'vitest';
import type { RuleGroup, TableListed } from '@/api/types';
import { asksTheRun, insertAfter, moveAt, pointerOf, togglePick, unfold } from '@/rules/edit';
import { literalsOf, withParameters } from '@/rules/parameters';
import type { Scope } from '@/rules/scope';

const SCOPE = {
  dimension: 'customers',
  way: '',
  table: 'customers',
  tables: [
    {
      name: 'customers',
      columns: [{ name: 'tier', type: 'string' }],
      links: [{ name: 'orders', to: 'orders', cardinality: 'one-to-many' }],
    },
    {
      name: 'orders',
      columns: [
        { name: 'total', type: 'decimal(12,2)' },
        { name: 'at', type: 'timestamp' },
      ],
      links: [],
    },
  ] as unknown as TableListed[],
  filters: [],
  audiences: [],
  populations: [],
  setting: {},
  added: [],
} satisfies Scope;

const RULE: RuleGroup = {
  combinator: 'and',
  rules: [
    { field: 'tier', operator: '=', value: 'gold' },
    {
      field: 'orders',
      match: { mode: 'some' },
      value: {
        combinator: 'and',
        rules: [
          { field: 'at', operator: '>=', value: 'now-30d/d' },
          { field: 'total', operator: '>', value: 20 },
        ],
      },
    },
  ],
};

test('values at any depth can be parameters, numbers of date math as well', () => {
  const literals = literalsOf(SCOPE, RULE);
  expect(literals.map(({ name, type, value }) => [name, type, value])).toEqual([
    ['tier', 'string', 'gold'],
    ['days', 'integer', 'now-30d/d'],
    ['total', 'decimal(12,2)', 20],
  ]);
  const { where, parameters } = withParameters(RULE, literals, [undefined, 'days', 'least']);
  expect(parameters).toEqual({
    days: { type: 'integer', default: 30, label: 'At' },
    least: { type: 'decimal(12,2)', default: 20, label: 'Total' },
  });
  expect(JSON.stringify(where)).toContain('"now-{{days}}d/d"');
  expect(JSON.stringify(where)).toContain('"{{least}}"');
  expect(JSON.stringify(RULE)).not.toContain('{{');
});

test('a filter unfolds into what it says, with the parameters given to it', () => {
  const { where, parameters } = withParameters(RULE, literalsOf(SCOPE, RULE), [
    'tier',
    'days',
    'least',
  ]);
  const filter = {
    kind: 'filter' as const,
    name: 'buyers',
    dimension: 'customers',
    parameters,
    where,
  };
  const scope = { ...SCOPE, filters: [filter] };
  expect(unfold(scope, { filter: 'buyers' })).toEqual(RULE);
  const other = unfold(scope, { filter: 'buyers', parameters: { days: 7, least: 5 } });
  expect(JSON.stringify(other)).toContain('"now-7d/d"');
  expect(JSON.stringify(other)).toContain('"value":5}');
  const variable = unfold(scope, { filter: 'buyers', parameters: { least: '$minimum' } });
  expect(JSON.stringify(variable)).toContain('"value":"minimum"');
  expect(JSON.stringify(variable)).toContain('"valueSource":"variable"');
  expect(unfold(scope, { filter: 'unknown' })).toBeUndefined();
});

test('parts move among their neighbours and are copied behind themselves', () => {
  const [a, b] = [{ field: 'a' }, { field: 'b' }];
  const inner: RuleGroup = { combinator: 'or', rules: [a, b] };
  const rule: RuleGroup = { combinator: 'and', rules: [a, inner] };
  expect(moveAt(rule, [1, 0], 1).rules[1]).toEqual({ combinator: 'or', rules: [b, a] });
  expect(moveAt(rule, [0], -1)).toEqual(rule);
  expect(insertAfter(rule, [1, 1], b).rules[1]).toEqual({ combinator: 'or', rules: [a, b, b] });
  expect(pointerOf([1, 0])).toBe('/rules/1/rules/0');
  expect(pointerOf([])).toBe('');
});

test('the newest linked row is the one with the latest moment', () => {
  const rule = { field: 'orders', aggregate: { function: 'count' } };
  const picked = togglePick(SCOPE, rule);
  expect(picked.pick).toEqual({ by: 'at', order: 'descending', n: 1 });
  expect(togglePick(SCOPE, picked)).toEqual(rule);
});

test('a rule about earlier populations, or what came of them, asks the run', () => {
  expect(asksTheRun({ combinator: 'and', rules: [{ population: 'split.a' }] })).toBe(true);
  expect(asksTheRun(RULE)).toBe(false);
  const than = (value: string) => ({
    field: 'total',
    operator: '>',
    valueSource: 'variable',
    value,
  });
  expect(asksTheRun({ combinator: 'and', rules: [than('rows_target')] } as RuleGroup)).toBe(true);
  expect(asksTheRun({ combinator: 'and', rules: [than('minimum')] } as RuleGroup)).toBe(false);
  expect(asksTheRun({ expression: 'total > $rows', operator: '=', value: true })).toBe(true);
  expect(asksTheRun({ expression: 'total > $rowsize', operator: '=', value: true })).toBe(false);
  expect(asksTheRun({ filter: 'buyers', parameters: { least: '$rows_target' } })).toBe(true);
  expect(asksTheRun({ filter: 'buyers', parameters: { least: '$minimum', days: 7 } })).toBe(false);
});
