import { expect, test } from 'vitest';
import type { Place } from '@/api/questions';
import type { RuleGroup } from '@/api/types';
import { choose, waysToAsk } from '@/features/campaign/asking';
import type { Scope } from '@/rules/scope';

const PLACE: Place = { campaign: 'winback', draft: true, activity: 'ab', revision: 3 };
const SCOPE: Scope = {
  tables: [],
  dimension: 'customers',
  way: '',
  table: 'customers',
  filters: [],
  audiences: [],
  populations: [],
  setting: { time_zone: 'Europe/Paris' },
  added: [],
  place: PLACE,
};
const and = (...rules: RuleGroup['rules']): RuleGroup => ({ combinator: 'and', rules });
const RULE = and({ field: 'country', operator: '=', value: 'FR' });
const PLAIN = { time_zone: 'Europe/Paris', dimension: 'customers', where: RULE };

test('a rule is asked at its activity, and of all rows where no run has come there', () => {
  const ways = waysToAsk(SCOPE, RULE);
  expect(ways).toEqual({ placed: { ...PLAIN, ...PLACE, run: 'last' }, plain: PLAIN });
  expect(choose(ways, undefined, false).question).toBe(ways.placed);
  expect(choose(ways, 'needs_a_run', false)).toEqual({ question: PLAIN, lacksRun: false });
  expect(waysToAsk({ ...SCOPE, place: undefined }, RULE)).toEqual({ plain: PLAIN });
});

test('what only a run knows is worked out when that is asked for', () => {
  const code = { name: 'segment_code', type: 'string' };
  for (const ways of [
    waysToAsk({ ...SCOPE, added: [code] }, RULE),
    waysToAsk(SCOPE, and({ population: 'ab.a', operator: 'in' })),
  ]) {
    expect(ways.plain).toBeUndefined();
    expect(choose(ways, 'needs_a_run', false)).toEqual({ question: undefined, lacksRun: true });
    expect(choose(ways, 'needs_a_run', true).question?.run).toBe('dry');
    // What is wrong with the rule is told.
    expect(choose(ways, 'invalid', false)).toEqual({ question: ways.placed, lacksRun: false });
  }
});

test('a rule that is not whole, or about rows that the server does not have, is not asked', () => {
  expect(waysToAsk(SCOPE, and({ field: '', operator: '=', value: '' }))).toEqual({});
  expect(waysToAsk({ ...SCOPE, dimension: '' }, RULE)).toEqual({});
});
