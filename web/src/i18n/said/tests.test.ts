import { expect, test } from 'vitest';
import { rulesFr } from '@/i18n/said/rules.fr';
import { testsFr } from '@/i18n/said/tests.fr';
import { makeTeller } from '@/i18n/tell';

const tell = makeTeller({ sentences: testsFr, rules: rulesFr }, {}, String);

test('what a test found is told piece by piece', () => {
  expect(tell('2 sent by `invite` in run 1; 3 expected')).toBe(
    '2 envoyés par `invite` dans l’exécution 1 ; 3 attendus',
  );
  expect(
    tell('the members of `who` in run 1 are others: missing are `3`, `4`; not expected is `2`'),
  ).toBe('les membres de `who` dans l’exécution 1 sont autres : il manque `3`, `4` ; de trop `2`');
  expect(tell('1 row left `lapsed.out` in run 2; 4 rows expected')).toBe(
    '1 ligne a quitté `lapsed.out` dans l’exécution 2 ; 4 lignes attendues',
  );
  expect(tell('12 excluded by `invite` in run 1 for `no_consent`; 3 expected')).toBe(
    '12 exclus par `invite` dans l’exécution 1 pour `no_consent` ; 3 attendus',
  );
  expect(tell('0 runs expected, and there was 1 run')).toBe(
    '0 exécutions attendues, et il y en a eu 1',
  );
});
