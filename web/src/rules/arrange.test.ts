import { expect, it } from 'vitest';
import type { Rule, RuleGroup } from '@/api/types';
import { arrange, moveTo, nextAfter, partAt } from '@/rules/arrange';
import { deedOfKey } from '@/rules/PartHandle';

const condition = (field: string): Rule => ({ field, operator: '=', value: 1 });
const group = (...rules: Rule[]): RuleGroup => ({ combinator: 'or', rules });
const [a, b, c, d] = ['a', 'b', 'c', 'd'].map(condition) as [Rule, Rule, Rule, Rule];
const rule = group(a, group(b, c), d);

it('moves parts among their neighbours, as far as there are any', () => {
  expect(arrange(rule, [0], 'down')).toEqual(group(group(b, c), a, d));
  expect(arrange(rule, [1, 1], 'up')).toEqual(group(a, group(c, b), d));
  expect(arrange(rule, [0], 'up')).toBe(rule);
  expect(arrange(rule, [1, 1], 'down')).toBe(rule);
});

it('moves parts into the group beside them and out of theirs, in their order', () => {
  expect(arrange(rule, [0], 'in')).toEqual(group(group(a, b, c), d));
  expect(arrange(rule, [2], 'in')).toEqual(group(a, group(b, c, d)));
  expect(arrange(rule, [1, 0], 'in')).toBe(rule);
  expect(arrange(rule, [1, 0], 'out')).toEqual(group(a, group(c), b, d));
  expect(arrange(rule, [0], 'out')).toBe(rule);
  // A group of nothing would be everything.
  expect(arrange(group(a, group(b)), [1, 0], 'out')).toEqual(group(a, b));
});

it('puts parts in a group and takes the group away again', () => {
  const wrapped = arrange(rule, [0], 'wrap');
  expect(wrapped.rules[0]).toEqual({ combinator: 'and', rules: [a] });
  expect(arrange(wrapped, [0], 'unwrap')).toEqual(rule);
  expect(arrange(rule, [1], 'unwrap')).toEqual(group(a, b, c, d));
  const negated: Rule = { ...group(b, c), not: true };
  const without = group(a, negated);
  expect(arrange(without, [1], 'unwrap')).toBe(without);
  expect(arrange(arrange(rule, [], 'wrap'), [], 'unwrap')).toEqual(rule);
  expect(arrange(rule, [], 'unwrap')).toBe(rule);
});

it('duplicates, removes and clears parts', () => {
  const known = { ...(b as object), id: 'b' } as Rule;
  expect(arrange(group(known), [0], 'duplicate')).toEqual(group(known, b));
  expect(arrange(group(a, a), [1], 'remove')).toEqual(group(a));
  expect(arrange(rule, [1], 'remove')).toEqual(group(a, d));
  expect(arrange(rule, [1], 'clear')).toEqual(group(a, group(), d));
  expect(arrange(rule, [], 'clear')).toEqual(group());
  expect(arrange(group(), [], 'clear')).toEqual(group());
  expect(arrange(rule, [], 'remove')).toBe(rule);
});

it('moves a part to where it is dropped, never into itself', () => {
  expect(moveTo(rule, [2], { path: [0], place: 'before' })).toEqual(group(d, a, group(b, c)));
  expect(moveTo(rule, [0], { path: [1, 0], place: 'after' })).toEqual(group(group(b, a, c), d));
  expect(moveTo(rule, [0], { path: [1], place: 'inside' })).toEqual(group(group(b, c, a), d));
  expect(moveTo(rule, [1], { path: [1, 0], place: 'before' })).toBe(rule);
  expect(moveTo(rule, [0], { path: [1], place: 'before' })).toBe(rule);
});

it('says what to go on with', () => {
  expect(nextAfter(rule, [0], 'down')).toBe(a);
  expect(nextAfter(rule, [1], 'unwrap')).toBe(b);
  expect(nextAfter(rule, [2], 'remove')).toBe(partAt(rule, [1]));
  expect(nextAfter(group(a), [0], 'remove')).toEqual(group(a));
});

it('hears the keys of a handle', () => {
  const none = { altKey: false, ctrlKey: false, metaKey: false, shiftKey: false };
  expect(deedOfKey({ ...none, key: 'ArrowUp', altKey: true })).toBe('up');
  expect(deedOfKey({ ...none, key: 'ArrowUp' })).toBeUndefined();
  expect(deedOfKey({ ...none, key: 'G', ctrlKey: true, shiftKey: true })).toBe('unwrap');
  expect(deedOfKey({ ...none, key: 'd', metaKey: true })).toBe('duplicate');
  expect(deedOfKey({ ...none, key: 'Delete', shiftKey: true })).toBe('clear');
  expect(deedOfKey({ ...none, key: 'z', ctrlKey: true })).toBeUndefined();
});
