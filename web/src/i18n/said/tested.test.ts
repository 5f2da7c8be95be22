import { expect, test } from 'vitest';
import { saidFr } from '@/i18n/said.fr';
import { makeTeller } from '@/i18n/tell';

const tell = makeTeller(saidFr, {}, String);

test('what a test found besides the runs of its campaign is told', () => {
  expect(tell('in `follow_up`: 4 rows left `all` in run 1; 3 rows expected')).toBe(
    'dans `follow_up` : 4 lignes ont quitté `all` dans l’exécution 1 ; 3 lignes attendues',
  );
  expect(tell('the members of `vip` are others: missing is `2`; not expected are `3`, `4`')).toBe(
    'les membres de `vip` sont autres : il manque `2` ; de trop `3`, `4`',
  );
  expect(tell('the activity of alert 1, `look here`, is `tell`, not `ask`')).toBe(
    'l’activité de l’alerte 1, `look here`, est `tell`, et non `ask`',
  );
  expect(tell('`orders` has 2 rows, not 3')).toBe('`orders` a 2 lignes, et non 3');
  expect(tell('the file `out.csv` does not have `z`')).toBe('le fichier `out.csv` n’a pas `z`');
});
