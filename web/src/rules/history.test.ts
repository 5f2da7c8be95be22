import { expect, it } from 'vitest';
import type { RuleGroup } from '@/api/types';
import { NO_HISTORY, noted, redone, undone, type RuleHistory } from '@/rules/history';

const rule = (...conditions: [string, unknown][]): RuleGroup => ({
  combinator: 'and',
  rules: conditions.map(([field, value]) => ({ field, operator: '=', value })),
});

/** What is noted down when a rule becomes one after the other. */
function made(...rules: RuleGroup[]): RuleHistory {
  return rules.slice(1).reduce<RuleHistory>((history, next, index) => {
    const from = rules[index];
    return from === undefined ? history : noted(history, from, next);
  }, NO_HISTORY);
}

it('takes a condition back with its field, and what was typed as a whole', () => {
  const steps = [
    rule(),
    rule(['', '']),
    rule(['city', '']),
    rule(['city', 'L']),
    rule(['city', 'Ly']),
  ] as const;
  const history = made(...steps);
  expect(history.past).toEqual([rule(), rule(['city', ''])]);
  const back = undone(history, steps[4]);
  expect(back?.rule).toEqual(rule(['city', '']));
  const further = undone(back?.history ?? NO_HISTORY, rule(['city', '']));
  expect(further?.rule).toEqual(rule());
  expect(undone(further?.history ?? NO_HISTORY, rule())).toBeUndefined();
});

it('tells values of two conditions apart', () => {
  const history = made(
    rule(['a', 1], ['b', 1]),
    rule(['a', 12], ['b', 1]),
    rule(['a', 12], ['b', 12]),
  );
  expect(history.past).toHaveLength(2);
});

it('goes forth again until something else is done', () => {
  const [first, second, third] = [rule(['a', 1]), rule(['b', 1]), rule(['c', 1])];
  const back = undone(made(first, second), second);
  expect(redone(back?.history ?? NO_HISTORY, first)?.rule).toEqual(second);
  expect(redone(noted(back?.history ?? NO_HISTORY, first, third), third)).toBeUndefined();
});
