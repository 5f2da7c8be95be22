import { expect, test } from 'vitest';
import { makeTeller } from '@/i18n/tell';

const tell = makeTeller(
  {
    sentences: [
      ['the run `{a}` is paused', 'l’exécution `{a}` est en pause'],
      ['kept {a} of {b} rows', '{a} lignes gardées sur {b}'],
      ['{a} started the run', '{a} a lancé l’exécution'],
      ['resume it', 'la reprendre'],
      ['passed: {rule}', 'rempli : {rule}'],
    ],
    rules: [
      ['{rule} and {rule2}', '{rule} et {rule2}'],
      ['{a} is {b}', '{a} est {b}'],
    ],
  },
  { somebody: 'quelqu’un' },
  (value) => `<${value}>`,
);

test('a sentence is told with its values', () => {
  expect(tell('the run `r (1)` is paused')).toBe('l’exécution `r (1)` est en pause');
  expect(tell('kept 1,204 of 20,000 rows')).toBe('<1204> lignes gardées sur <20000>');
  expect(tell('somebody started the run')).toBe('quelqu’un a lancé l’exécution');
  expect(tell('the moon is paused')).toBeUndefined();
});

test('of several sentences those are told that are known', () => {
  expect(tell('the run `r` is paused; resume it')).toBe(
    'l’exécution `r` est en pause ; la reprendre',
  );
  expect(tell('who knows; resume it')).toBe('who knows ; la reprendre');
});

test('a rule is told piece by piece', () => {
  expect(tell('passed: tier is "gold" and city is "Lyon"')).toBe(
    'rempli : tier est "gold" et city est "Lyon"',
  );
  expect(tell('tier is "gold"')).toBeUndefined();
});
