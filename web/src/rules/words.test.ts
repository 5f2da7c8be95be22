import { describe, expect, it } from 'vitest';
import type { Rule } from '@/api/types';
import { dateWords, describeRule, isRule, type RuleLine } from '@/rules/words';

/** The tree as indented text, for tables. */
function flat({ parts, children }: RuleLine, depth = 0): string {
  const own = `${'  '.repeat(depth)}${parts.map(({ text }) => text).join(' ')}`;
  return [own, ...children.map((child) => flat(child, depth + 1))].join('\n');
}
const and = (...rules: Rule[]): Rule => ({ combinator: 'and', rules });

describe('rules in words', () => {
  const cases: [Rule, string][] = [
    [and(), 'every row'],
    [{ combinator: 'or', not: true, rules: [] }, 'no row at all'],
    [and({ field: 'tier', operator: '=', value: 'gold' }), 'tier is gold'],
    [
      { field: 'address.country', operator: 'in', value: ['FR', 'DE'] },
      'address › country is one of FR or DE',
    ],
    [{ field: 'age', operator: 'between', value: [18, 30] }, 'age is between 18 and 30'],
    [{ field: 'email', operator: 'notNull' }, 'email is known'],
    [{ field: 'seen', operator: '>=', value: 'now-30d' }, 'seen is on or after 30 days ago'],
    [{ field: 'seen', operator: '<', value: '2026-01-01' }, 'seen is before 2026-01-01'],
    [{ field: 'opt_in', operator: '=', value: true }, 'opt_in is yes'],
    [{ field: 'a', operator: '>', value: 'b.c', valueSource: 'field' }, 'a is more than b › c'],
    [{ expression: 'year(birth_date)', operator: '=', value: 1990 }, 'year(birth_date) is 1990'],
    [{ audience: 'vip', operator: 'notIn' }, 'is not in the audience vip'],
    [
      { filter: 'active_since', parameters: { days: 60 } },
      'passes the filter active_since with days 60',
    ],
    [
      {
        field: 'orders',
        match: { mode: 'atLeast', threshold: 3 },
        value: and({ field: 'amount', operator: '>', value: 50 }),
      },
      'at least 3 of orders where\n  amount is more than 50',
    ],
    [{ field: 'orders', match: { mode: 'none' }, value: and() }, 'none of orders'],
    [
      {
        field: 'orders',
        aggregate: { function: 'sum', field: 'amount' },
        where: { combinator: 'and', rules: [{ field: 'status', operator: '=', value: 'F' }] },
        operator: '>',
        value: 200,
      },
      'the sum of orders › amount is more than 200 counting only where\n  status is F',
    ],
    [
      { field: 'orders', aggregate: { function: 'count' }, operator: '=', value: 0 },
      'the number of orders is 0',
    ],
    [
      {
        combinator: 'or',
        not: true,
        rules: [
          { field: 'a', operator: 'empty' },
          { field: 'b', operator: 'notEmpty' },
        ],
      },
      'none of these holds\n  a is empty\n  b is not empty',
    ],
  ];
  it.each(cases)('%j', (rule, words) => {
    expect(flat(describeRule(rule))).toBe(words);
  });

  it.each([
    ['now', 'now'],
    ['now/d', 'today'],
    ['now-1d/d', 'yesterday'],
    ['now/M', 'the start of this month'],
    ['now-1y/y', 'the start of last year'],
    ['now-3M/M', 'the start of the month, 3 months ago'],
    ['now+1h', 'in 1 hour'],
    ['now-{{days}}d', '{{days}} days ago'],
    ['nowhere', undefined],
  ])('date math %s', (value, words) => {
    expect(dateWords(value)).toBe(words);
  });

  it('tells rules from other settings', () => {
    expect(isRule(and())).toBe(true);
    expect(isRule({ field: 'a', operator: 'null' })).toBe(true);
    expect(isRule({ expression: 'last_purchase', order: 'descending' })).toBe(false);
    expect(isRule({ percent: 50 })).toBe(false);
    expect(isRule('now')).toBe(false);
  });
});
