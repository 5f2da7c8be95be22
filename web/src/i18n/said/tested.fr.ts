import type { Sentence } from '@/i18n/tell';

/** Ce que disent les tests de ce qui n’est pas comme attendu en dehors des exécutions de la campagne. */
export const testedFr: readonly Sentence[] = [
  ['in `{a}`: {b}', 'dans `{a}` : {b}'],
  ['no launch was skipped at {a}', 'aucun lancement n’a été omis à {a}'],
  [
    'the launch at {a} was skipped for {b}, not for {c}',
    'le lancement à {a} a été omis pour {b}, et non pour {c}',
  ],
  [
    'a launch at {a} was skipped, which is not expected: {b}',
    'un lancement à {a} a été omis, ce qui n’est pas attendu : {b}',
  ],
  ['{n} alerts expected, and there were {m} alerts', '{n} alertes attendues, et il y en a eu {m}'],
  ['{n} alerts expected, and there was 1 alert', '{n} alertes attendues, et il y en a eu 1'],
  ['1 alert expected, and there were {m} alerts', '1 alerte attendue, et il y en a eu {m}'],
  [
    'alert {n}, `{a}`, was raised at {b}, not at {c}',
    'l’alerte {n}, `{a}`, a été donnée à {b}, et non à {c}',
  ],
  ['alert {n}, `{a}`, does not have `{b}`: {c}', 'l’alerte {n}, `{a}`, n’a pas `{b}` : {c}'],
  [
    'the campaign of alert {n}, `{a}`, is `{b}`, not `{c}`',
    'la campagne de l’alerte {n}, `{a}`, est `{b}`, et non `{c}`',
  ],
  [
    'the activity of alert {n}, `{a}`, is `{b}`, not `{c}`',
    'l’activité de l’alerte {n}, `{a}`, est `{b}`, et non `{c}`',
  ],
  [
    'the activity of alert {n}, `{a}`, is none, not `{c}`',
    'l’alerte {n}, `{a}`, n’est d’aucune activité, et non de `{c}`',
  ],
  [
    'the level of alert {n}, `{a}`, is `{b}`, not `{c}`',
    'le niveau de l’alerte {n}, `{a}`, est `{b}`, et non `{c}`',
  ],
  [
    'the trouble of alert {n}, `{a}`, is `{b}`, not `{c}`',
    'le problème de l’alerte {n}, `{a}`, est `{b}`, et non `{c}`',
  ],
  [
    'the trouble of alert {n}, `{a}`, is none, not `{c}`',
    'l’alerte {n}, `{a}`, n’est d’aucun problème, et non de `{c}`',
  ],
  ...membersFr(),
  ['`{a}` has 1 row, not {n}', '`{a}` a 1 ligne, et non {n}'],
  ['`{a}` has {m} rows, not {n}', '`{a}` a {m} lignes, et non {n}'],
  ['`{a}` has no row with {b}', '`{a}` n’a pas de ligne avec {b}'],
  [
    '`{a}` has a row with {b}, which is not expected',
    '`{a}` a une ligne avec {b}, ce qui n’est pas attendu',
  ],
  ['there is no file `{a}`', 'il n’y a pas de fichier `{a}`'],
  [
    'there is a file `{a}`, which is not expected',
    'il y a un fichier `{a}`, ce qui n’est pas attendu',
  ],
  ['`{a}` has 1 line, not {n}', '`{a}` a 1 ligne, et non {n}'],
  ['`{a}` has {m} lines, not {n}', '`{a}` a {m} lignes, et non {n}'],
  ['the file `{a}` does not have `{b}`', 'le fichier `{a}` n’a pas `{b}`'],
  [
    'the file `{a}` has `{b}`, which is not expected',
    'le fichier `{a}` a `{b}`, ce qui n’est pas attendu',
  ],
  [
    'there is no run {n} of `{a}` yet: {m} began so far',
    'il n’y a pas encore d’exécution {n} de `{a}` : {m} ont commencé jusqu’ici',
  ],
];

/** Quels membres d’une audience manquent ou sont de trop. */
function membersFr(): Sentence[] {
  const missing = ['missing is {b}', 'missing are {b}'];
  const surplus = ['not expected is {c}', 'not expected are {c}'];
  const said = 'the members of `{a}` are others';
  const told = 'les membres de `{a}` sont autres';
  return [
    ...missing.flatMap((lack) =>
      surplus.map((more): Sentence => [
        `${said}: ${lack}; ${more}`,
        `${told} : il manque {b} ; de trop {c}`,
      ]),
    ),
    ...missing.map((lack): Sentence => [`${said}: ${lack}`, `${told} : il manque {b}`]),
    ...surplus.map((more): Sentence => [`${said}: ${more}`, `${told} : de trop {c}`]),
  ];
}
