import type { Sentence } from '@/i18n/tell';

/** Ce que disent les tests des campagnes de ce qui n’est pas comme attendu. */
export const testsFr: readonly Sentence[] = [
  ['no run began at {a}', 'aucune exécution n’a commencé à {a}'],
  [
    'a run began at {a}, which is not expected',
    'une exécution a commencé à {a}, ce qui n’est pas attendu',
  ],
  ['{n} runs expected, and there were {m} runs', '{n} exécutions attendues, et il y en a eu {m}'],
  ['{n} runs expected, and there was 1 run', '{n} exécutions attendues, et il y en a eu 1'],
  ['1 run expected, and there were {m} runs', '1 exécution attendue, et il y en a eu {m}'],
  ['run {n} is {state}, not {other}', 'l’exécution {n} est {state}, et non {other}'],
  ['run {n} is {state}, not {other}: {why}', 'l’exécution {n} est {state}, et non {other} : {why}'],
  [
    '`{a}` is {state} in run {n}, not {other}',
    '`{a}` est {state} dans l’exécution {n}, et non {other}',
  ],
  ...rowsFr(),
  ...othersFr(),
  ...messagesFr(),
  [
    'the subject to `{k}` from `{a}` in run {n} is `{b}`, not `{c}`',
    'l’objet pour `{k}` de `{a}` dans l’exécution {n} est `{b}`, et non `{c}`',
  ],
  ['`{a}` in run {n} sent nothing to `{k}`', '`{a}` n’a rien envoyé à `{k}` dans l’exécution {n}'],
  [
    'the message to `{k}` from `{a}` in run {n} does not have `{b}`',
    'le message à `{k}` de `{a}` dans l’exécution {n} n’a pas `{b}`',
  ],
];

/** Combien de lignes ont quitté une sortie, et combien étaient attendues. */
function rowsFr(): Sentence[] {
  const found: Sentence[] = [
    ['1 row left `{a}` in run {n}', '1 ligne a quitté `{a}` dans l’exécution {n}'],
    ['{m} rows left `{a}` in run {n}', '{m} lignes ont quitté `{a}` dans l’exécution {n}'],
    [
      '`{a}` has not come so far in run {n}, which is {state}',
      '`{a}` n’en est pas là dans l’exécution {n}, qui est {state}',
    ],
  ];
  const expected: Sentence[] = [
    ['1 row expected', '1 ligne attendue'],
    ['{o} rows expected', '{o} lignes attendues'],
  ];
  return found.flatMap(([said, told]) =>
    expected.map(([more, also]): Sentence => [`${said}; ${more}`, `${told} ; ${also}`]),
  );
}

/** Quels membres ou adresses manquent ou sont de trop. */
function othersFr(): Sentence[] {
  const subjects: Sentence[] = [
    ['the members of `{a}` in run {n} are others', 'les membres de `{a}` dans l’exécution {n}'],
    ['the addresses of `{a}` in run {n} are others', 'les adresses de `{a}` dans l’exécution {n}'],
  ];
  const missing = ['missing is {b}', 'missing are {b}'];
  const surplus = ['not expected is {c}', 'not expected are {c}'];
  return subjects.flatMap(([said, told]) => [
    ...missing.flatMap((lack) =>
      surplus.map((more): Sentence => [
        `${said}: ${lack}; ${more}`,
        `${told} sont autres : il manque {b} ; de trop {c}`,
      ]),
    ),
    ...missing.map((lack): Sentence => [`${said}: ${lack}`, `${told} sont autres : il manque {b}`]),
    ...surplus.map((more): Sentence => [`${said}: ${more}`, `${told} sont autres : de trop {c}`]),
  ]);
}

/** Combien de messages, et combien étaient attendus. */
function messagesFr(): Sentence[] {
  const found: Sentence[] = [
    ['{m} targeted by `{a}` in run {n}', '{m} ciblés par `{a}` dans l’exécution {n}'],
    ['{m} sent by `{a}` in run {n}', '{m} envoyés par `{a}` dans l’exécution {n}'],
    ['{m} failed by `{a}` in run {n}', '{m} échoués par `{a}` dans l’exécution {n}'],
    [
      '{m} excluded by `{a}` in run {n} for `{b}`',
      '{m} exclus par `{a}` dans l’exécution {n} pour `{b}`',
    ],
  ];
  return found.map(([said, told]) => [`${said}; {o} expected`, `${told} ; {o} attendus`]);
}
