import type { Sentence } from '@/i18n/tell';

/** Ce que dit le contrôle des campagnes, des règles, des horaires et des contenus. */
export const checksFr: readonly Sentence[] = [
  // Le plan
  ['the canvas has no activity', 'le plan n’a pas d’activité'],
  ['nothing leads to `{a}`, so it never runs', 'rien ne mène à `{a}`, qui ne court donc jamais'],
  [
    'add a transition with `to: {a}`, or disable the activity with `enabled: false`',
    'ajouter une transition vers `{a}`, ou désactiver l’activité',
  ],
  [
    '{n} transition arrives at `{a}`, which needs at least {m}',
    '{n} transition arrive à `{a}`, qui en demande au moins {m}',
  ],
  ['{n} transitions arrive at `{a}`, {takes}', '{n} transitions arrivent à `{a}`, {takes}'],
  [
    'which makes its own population and takes one transition at most, to start it',
    'qui fait sa propre population et prend une transition au plus, pour la lancer',
  ],
  [
    'bring several populations together with `type: combine` before',
    'réunir d’abord les populations avec « Combiner »',
  ],
  [
    '`{a}` passes nobody on to `{b}`, since nobody arrives at it',
    '`{a}` ne passe personne à `{b}`, car personne n’y arrive',
  ],
  [
    'let it lead to an activity that makes a population, such as build-audience',
    'la faire mener à une activité qui fait une population, comme « Construire une audience »',
  ],
  [
    '`{a}` never runs: what leads to it, {b}, never does',
    '`{a}` ne court jamais : ce qui y mène, {b}, non plus',
  ],
  [
    'enable an activity before it, or disable it too',
    'activer une activité avant elle, ou la désactiver aussi',
  ],
  [
    'the rows of `{a}` go nowhere: no transition takes them',
    'les lignes de `{a}` ne vont nulle part : aucune transition ne les prend',
  ],
  [
    'add a transition with `from: {a}`; kept like this, they can be looked at after a run',
    'ajouter une transition depuis `{a}` ; ainsi, on peut les voir après une exécution',
  ],
  [
    'the complement of `{a}` is made, and no transition from `{b}` takes it',
    'le complément de `{a}` est fait, et aucune transition depuis `{b}` ne le prend',
  ],
  [
    'connect it, or set `complement: false`; kept like this, it can be looked at after a run',
    'le relier, ou ne pas le faire ; ainsi, on peut le voir après une exécution',
  ],
  [
    'what fails leaves by `{a}`, and no transition takes it from there',
    'ce qui échoue sort par `{a}`, et aucune transition ne l’y prend',
  ],
  ['connect it, or set `then: ignore`', 'le relier, ou passer outre'],
  ['nothing leaves `{a}`: it is of type `{b}`', 'rien ne sort de `{a}` : elle est du type `{b}`'],
  ['`{a}` has no port `{b}`', '`{a}` n’a pas de sortie `{b}`'],
  [
    '`{a}` has no port `out`: the transition has to name one of its ports',
    '`{a}` n’a pas de sortie `out` : la transition doit nommer l’une de ses sorties',
  ],
  ['set `{a}: true` on the activity', 'mettre `{a}` à oui dans l’activité'],
  [
    'the canvas has {n} activities, and over {m} are hard to read',
    'le plan a {n} activités, et au-delà de {m} il se lit mal',
  ],
  [
    '`{a}` needs rows of `{b}`, and {what} arrive',
    '`{a}` demande des lignes de `{b}`, et il arrive {what}',
  ],
  ['there are two activities with the id `{a}`', 'il y a deux activités d’identifiant `{a}`'],
  [
    "the transition's `{end}` names `{a}`, and no activity has that id",
    'la transition nomme `{a}`, et aucune activité n’a cet identifiant',
  ],
  ['`{a}` and `{b}` are connected twice', '`{a}` et `{b}` sont reliées deux fois'],
  ['the transitions form a cycle: {a}', 'les transitions font un cercle : {a}'],
  ['remove one of these transitions', 'retirer l’une de ces transitions'],
  ['there is no activity type `{a}`', 'il n’y a pas d’activité du type `{a}`'],
  ['the activity has no `{a}`', 'l’activité n’a pas de `{a}`'],
  ["`{a}` cannot be an activity's id", '`{a}` ne peut pas être l’identifiant d’une activité'],
  [
    'use letters, digits, `_` and `-`, at most 100',
    'employer des lettres, des chiffres, `_` et `-`, 100 au plus',
  ],
  ['`{a}` is an empty text', '`{a}` est un texte vide'],
  ['the field `{a}` is missing', 'il manque `{a}`'],
  ['{a} is expected, not {b}', 'il faut {a}, et non {b}'],
  [
    '`{a}` is not a whole number within 64 bits, from {b} to {c}',
    '`{a}` n’est pas un nombre entier sur 64 bits, de {b} à {c}',
  ],
  [
    '`{a}` does not fit {b}: it has at most {n} digits before the point and {m} after it, {k} in all',
    '`{a}` ne tient pas dans {b} : au plus {n} chiffres avant la virgule et {m} après, {k} en tout',
  ],
  ['there are two parameters with the name `{a}`', 'il y a deux paramètres du nom de `{a}`'],
  [
    '`{a}` has more than six digits after the point',
    '`{a}` a plus de six chiffres après la virgule',
  ],
  [
    '`{a}` and `{b}` have lines of two files, and lines are compared by their numbers',
    '`{a}` et `{b}` ont des lignes de deux fichiers, et les lignes se comparent par leur numéro',
  ],
  [
    'compare them by what they say: `by: [COLUMN]`',
    'les comparer par ce qu’elles disent, avec des champs',
  ],
  [
    'find out who they are before, with `type: reconciliation` for each',
    'retrouver d’abord qui elles sont, avec « Réconcilier » pour chacune',
  ],
  ['did you mean `{a}`?', 'vouliez-vous dire `{a}` ?'],
  ['unknown field `{a}`', '`{a}` est inconnu'],
  ['`{a}` is not one of the values known here', '`{a}` n’est pas l’une des valeurs connues ici'],
  // Les activités
  ['there is no dimension `{a}`', 'il n’y a pas de dimension `{a}`'],
  ['there is no audience `{a}`', 'il n’y a pas d’audience `{a}`'],
  ['there is no channel `{a}`', 'il n’y a pas de canal `{a}`'],
  ['there is no content `{a}`', 'il n’y a pas de contenu `{a}`'],
  ['there is no table `{a}`', 'il n’y a pas de table `{a}`'],
  ['there is no campaign `{a}`', 'il n’y a pas de campagne `{a}`'],
  ['there is no filter `{a}`', 'il n’y a pas de filtre `{a}`'],
  ['there is no variable `{a}`', 'il n’y a pas de variable `{a}`'],
  ['there is no variable `{a}` here', 'il n’y a pas de variable `{a}` ici'],
  ["declare it in the campaign's `variables`", 'la déclarer dans les variables de la campagne'],
  [
    'declare it in a document `kind: audience`, or run what saves it first',
    'la déclarer dans un document, ou lancer d’abord ce qui la garde',
  ],
  [
    'no field says which rows are duplicates',
    'aucun champ ne dit quelles lignes sont des doublons',
  ],
  ['name at least one, as in `by: [email]`', 'en nommer au moins un, comme `email`'],
  ['a split needs at least one subset', 'un partage demande au moins une part'],
  ['there are two subsets with the id `{a}`', 'il y a deux parts d’identifiant `{a}`'],
  ["`{a}` cannot be a subset's id", '`{a}` ne peut pas être l’identifiant d’une part'],
  ['use letters, digits, `_` and `-`', 'employer des lettres, des chiffres, `_` et `-`'],
  ['the limit says neither a number nor a percentage', 'la limite ne dit ni nombre ni pourcentage'],
  ['the limit says both a number and a percentage', 'la limite dit un nombre et un pourcentage'],
  ['a limit is at least 1 row', 'une limite est d’au moins 1 ligne'],
  [
    '`{a}` is not a percentage over 0 and up to 100',
    '`{a}` n’est pas un pourcentage au-dessus de 0 et jusqu’à 100',
  ],
  [
    'the percentages of the subsets add up to {n}, which is over 100',
    'les pourcentages des parts font {n}, plus de 100',
  ],
  [
    'lower them, or set `overlap: true` when a row may be in several subsets',
    'les baisser, ou permettre qu’une ligne soit dans plusieurs parts',
  ],
  [
    '`{a}` takes all that remains, so nothing is left for `{b}`',
    '`{a}` prend tout ce qui reste, si bien que rien ne reste pour `{b}`',
  ],
  [
    'move `{a}` to the end, or give it a rule or a limit',
    'mettre `{a}` à la fin, ou lui donner une règle ou une limite',
  ],
  [
    'a union keeps every row, so it has no complement',
    'une union garde chaque ligne et n’a donc pas de complément',
  ],
  [
    'an exclusion needs its `primary`: the set that the others are taken away from',
    'une exclusion demande l’ensemble principal, duquel les autres sont retirés',
  ],
  ['the message has no `{a}`', 'le message n’a pas de `{a}`'],
  ['add `subject`, or name a `content`', 'ajouter un objet, ou nommer un contenu'],
  ['add `html` or `mjml`, or name a `content`', 'ajouter du HTML ou du MJML, ou nommer un contenu'],
  ['the subject is empty', 'l’objet est vide'],
  ['the message has both `html` and `mjml`', 'le message a du HTML et du MJML'],
  [
    'keep one of them; HTML is made from MJML by itself',
    'garder l’un des deux ; le HTML se fait du MJML par lui-même',
  ],
  ['the dimension `{a}` has no address for {b}', 'la dimension `{a}` n’a pas d’adresse pour {b}'],
  [
    'the channel `{a}` sends {b}, and this activity sends email',
    'le canal `{a}` envoie {b}, et cette activité des e-mails',
  ],
  ['there is neither a `duration` nor an `until`', 'il n’y a ni durée ni terme'],
  [
    'it does not say how long it waits: there is neither `duration` nor `until`',
    'elle ne dit pas combien de temps elle attend',
  ],
  [
    'add `duration: 3d`, or `until: {weekday: monday, at: "09:00"}`',
    'ajouter une durée, ou un moment jusqu’auquel attendre',
  ],
  ['it waits for no time at all', 'elle n’attend pas du tout'],
  [
    'it waits {n} days, for which the run stays on the version that it began with',
    'elle attend {n} jours, pendant lesquels l’exécution garde la version avec laquelle elle a commencé',
  ],
  [
    'with the waits before it, this is {n} days, for which the run stays on the version that it began with',
    'avec les attentes d’avant, cela fait {n} jours, pendant lesquels l’exécution garde la version avec laquelle elle a commencé',
  ],
  [
    'the later part may be a campaign of its own, by a schedule, that asks its tables anew',
    'la suite peut être une campagne à part, avec un horaire, qui interroge ses tables à nouveau',
  ],
  [
    'it waits {n} days, and at most {m} are waited for',
    'elle attend {n} jours, et {m} au plus sont attendus',
  ],
  [
    'with the waits before it, this is {n} days, and at most {m} are waited for',
    'avec les attentes d’avant, cela fait {n} jours, et {m} au plus sont attendus',
  ],
  [
    'wait for a shorter time, or make the later part a campaign of its own that asks its tables anew',
    'attendre moins longtemps, ou faire de la suite une campagne à part qui interroge ses tables à nouveau',
  ],
  [
    'this time is past, so that the population passes at once',
    'ce moment est passé : la population passe tout de suite',
  ],
  ['the enrichment adds no column', 'l’enrichissement n’ajoute aucune colonne'],
  ['write what to add, as in `add: [{name: city, field: address.city}]`', 'dire ce qui est ajouté'],
  ['`{a}` is added twice', '`{a}` est ajoutée deux fois'],
  ["`{a}` cannot be a column's name", '`{a}` ne peut pas être le nom d’une colonne'],
  ['a test has at least one condition', 'un test a au moins une condition'],
  ['a join waits for two branches or more', 'une jonction attend deux branches ou plus'],
  ['`{a}` would start itself again and again', '`{a}` se relancerait sans fin'],
  [
    'the campaigns signal each other in a circle: {a}',
    'les campagnes se signalent les unes les autres en cercle : {a}',
  ],
  [
    '`{a}` writes `{b}`, and each change of it starts `{c}`',
    '`{a}` écrit `{b}`, dont chaque changement lance `{c}`',
  ],
  [
    'a circle would run for ever: remove one of these signals, or write to another table or file than the one whose change starts the next; what was sent can be asked for by a schedule with an incremental-query',
    'un cercle courrait sans fin : retirer l’un de ces signaux, ou écrire dans une autre table ou un autre fichier que celui dont le changement lance la suivante ; ce qui a été envoyé se demande par un horaire avec une requête incrémentale',
  ],
  ['version {v}, which is in force: {why}', 'version {v}, en vigueur : {why}'],
  ['version {v}, which takes over at {t}: {why}', 'version {v}, qui prend la suite à {t} : {why}'],
  [
    'version {v}, with which `{a}` goes on: {why}',
    'version {v}, avec laquelle `{a}` continue : {why}',
  ],
  [
    'the campaign is {state} and could not run again: {why}',
    'la campagne est {state} et ne pourrait plus être lancée : {why}',
  ],
  [
    'let a version without it be in force first: apply the campaign without a time',
    'mettre d’abord en vigueur une version qui s’en passe : appliquer la campagne sans date',
  ],
  [
    'apply the campaign without a time, which gives this version up',
    'appliquer la campagne sans date, ce qui renonce à cette version',
  ],
  [
    'wait for its end, stop it, or let it take the newest version: `tutti resume {a} --edited`',
    'attendre sa fin, l’arrêter, ou lui faire prendre la version la plus récente',
  ],
  ['the campaign `{a}` stays in the archive', 'la campagne `{a}` reste archivée'],
  ['the campaign `{a}` takes no signals', 'la campagne `{a}` ne prend pas de signaux'],
  [
    'a signal to `{a}` starts nothing while a run of it is going',
    'un signal à `{a}` ne lance rien tant qu’une de ses exécutions est en cours',
  ],
  [
    'set `overlap: queue` in the schedule of `{a}`, so that it waits for that run',
    'mettre `overlap: queue` dans l’horaire de `{a}` : il attend alors cette exécution',
  ],
  ['the parameter `{a}` of `{b}` is {c}: {d}', 'le paramètre `{a}` de `{b}` est {c} : {d}'],
  ['the parameter `{a}` of `{b}` has no value', 'le paramètre `{a}` de `{b}` n’a pas de valeur'],
  ['the parameter `{a}` has no value', 'le paramètre `{a}` n’a pas de valeur'],
  [
    'the signal of `{a}` needs a value for its parameter `{b}`',
    'le signal de `{a}` demande une valeur pour son paramètre `{b}`',
  ],
  [
    'give it one here, or a `default` in the schedule of `{a}`',
    'lui en donner une ici, ou un `default` dans l’horaire de `{a}`',
  ],
  [
    'the parameter `{a}` has no `default`, and a {b} that changes gives it no value',
    'le paramètre `{a}` n’a pas de `default`, et un changement ({b}) ne lui donne pas de valeur',
  ],
  [
    'give it a `default`, or a variable of its name with a value',
    'lui donner un `default`, ou une variable de son nom avec une valeur',
  ],
  [
    '`{a}` signals `{b}`, which is {c} and is not started by it',
    '`{a}` signale `{b}`, qui est {c} et n’est pas lancée par là',
  ],
  [
    'publish it: until then the run stops there with an error, and can be resumed',
    'la publier : d’ici là l’exécution s’y arrête sur une erreur, et peut être reprise',
  ],
  [
    'continue it: until then each signal is skipped',
    'la reprendre : d’ici là chaque signal est passé',
  ],
  [
    'duplicate it, publish the copy and signal that',
    'la dupliquer, publier la copie et signaler celle-ci',
  ],
  [
    'the campaign starts when it is published, and today, {a}, is a day of the calendar `{b}`',
    'la campagne part à sa publication, et aujourd’hui, {a}, est un jour du calendrier `{b}`',
  ],
  [
    'the campaign starts when it is published, and today, {a}, is a day of the calendar `{b}` ({c})',
    'la campagne part à sa publication, et aujourd’hui, {a}, est un jour du calendrier `{b}` ({c})',
  ],
  [
    'publish it on another day, set `on_holiday: next-day`, or run it by hand',
    'la publier un autre jour, mettre `on_holiday: next-day`, ou la lancer à la main',
  ],
  [
    'no other day comes within 31 days and `until`: change them, or run it by hand',
    'aucun autre jour ne vient sous 31 jours et avant `until` : les changer, ou la lancer à la main',
  ],
  ['`{a}` is not an e-mail address', '`{a}` n’est pas une adresse e-mail'],
  [
    'trouble is mailed to 1 to {n} addresses, not {m}',
    'les ennuis sont envoyés à 1 à {n} adresses, et non {m}',
  ],
  ['there is nothing to tell of', 'il n’y a rien dont avertir'],
  [
    'what fails leaves by `error` only where an activity says so itself',
    'ce qui échoue ne sort par `error` que si une activité le dit elle-même',
  ],
  [
    'set `on_error: {then: port}` on the activity; here, `pause`, `ignore` or `abort`',
    'le dire dans l’activité ; ici, `pause`, `ignore` ou `abort`',
  ],
  [
    'name some of `failed`, `paused`, `held` and `skipped`, or leave `on` out',
    'nommer certains de `failed`, `paused`, `held` et `skipped`, ou ne rien dire',
  ],
  [
    'the channel `{a}` sends {b}, and trouble is mailed',
    'le canal `{a}` envoie {b}, et les ennuis sont envoyés par e-mail',
  ],
  ['`{a}` cannot be the name of an audience', '`{a}` ne peut pas être le nom d’une audience'],
  [
    'a name is a lower-case letter, then lower-case letters, digits, `_` and `-`; at most 100',
    'un nom est une minuscule, puis des minuscules, des chiffres, `_` et `-` ; 100 au plus',
  ],
  ['`{a}` cannot be a name', '`{a}` ne peut pas être un nom'],
  // Les règles
  ['{within}no field `{a}` on `{b}`', '{within}pas de champ `{a}` sur `{b}`'],
  ['no field `{a}` on `{b}`', 'pas de champ `{a}` sur `{b}`'],
  ['`{a}` is a link; name one of its columns', '`{a}` est un lien ; nommer l’une de ses colonnes'],
  ['the operator needs a `value`', 'l’opérateur demande une valeur'],
  ['the operator `{a}` needs a `value`', 'l’opérateur `{a}` demande une valeur'],
  ['the condition has no `operator`', 'la condition n’a pas d’opérateur'],
  [
    'to ask for rows without a value, use the operator `null`',
    'pour les lignes sans valeur, employer « n’a pas de valeur »',
  ],
  ['`{a}` is {b}: {c}', '`{a}` est {b} : {c}'],
  [
    '`{a}` is {b} and `{c}` is {d}: they cannot be compared',
    '`{a}` est {b} et `{c}` est {d} : ils ne se comparent pas',
  ],
  [
    '`{a}` is {b} and `{c}` is {d}: they can never be equal',
    '`{a}` est {b} et `{c}` est {d} : ils ne peuvent être égaux',
  ],
  ['`{a}` is not a number', '`{a}` n’est pas un nombre'],
  ['`{a}` is not a date', '`{a}` n’est pas une date'],
  ['`{a}` is not true or false', '`{a}` n’est ni vrai ni faux'],
  ['the filter `{a}` needs the parameter `{b}`', 'le filtre `{a}` demande le paramètre `{b}`'],
  ['the filter `{a}` has no parameter `{b}`', 'le filtre `{a}` n’a pas de paramètre `{b}`'],
  [
    'the filter `{a}` needs a value of its parameter `{b}`, which has none here',
    'le filtre `{a}` demande une valeur de son paramètre `{b}`, qui n’en a pas ici',
  ],
  ['write `{a}` in an expression of the filter', 'écrire `{a}` dans une expression du filtre'],
  ['`{a}` is not one of the values of `{b}`', '`{a}` n’est pas l’une des valeurs de `{b}`'],
  [
    '`{a}` is more than `{b}`: nothing is between them',
    '`{a}` dépasse `{b}` : rien n’est entre les deux',
  ],
  ['write the lower one first', 'écrire le plus petit en premier'],
  [
    '`between` takes two values, the lower and the upper, both included',
    '« est entre » prend deux valeurs, la plus petite et la plus grande, comprises toutes deux',
  ],
  [
    'write two expressions as a list of two texts',
    'écrire deux expressions comme une liste de deux textes',
  ],
  ['there is no population `{a}` before this', 'il n’y a pas de population `{a}` avant ceci'],
  [
    'the rule is about what arrives at `{a}` in a run, and no run is named',
    'la règle porte sur ce qui arrive à `{a}` dans une exécution, et aucune n’est nommée',
  ],
  [
    'name one with `run` (`--run` in a shell), as `{a}` or `last`; `dry` works it out now',
    'en nommer une par `run`, telle que `{a}` ou `last` ; `dry` le calcule maintenant',
  ],
  [
    'no run of `{a}` has yet what the rule at `{b}` asks for',
    'aucune exécution de `{a}` n’a encore ce que demande la règle de `{b}`',
  ],
  [
    'run the campaign, or name the run `dry`, which works it out now',
    'exécuter la campagne, ou nommer l’exécution `dry`, qui le calcule maintenant',
  ],
  [
    'name another run, or `dry`, which works it out now',
    'nommer une autre exécution, ou `dry`, qui le calcule maintenant',
  ],
  ['the run `{a}` has no activity `{b}`', 'l’exécution `{a}` n’a pas d’activité `{b}`'],
  ['the run `{a}` has not done `{b}`', 'l’exécution `{a}` n’a pas fait `{b}`'],
  [
    'in the run `{a}` nothing leaves `{b}` by `{c}`',
    'dans l’exécution `{a}`, rien ne quitte `{b}` par `{c}`',
  ],
  [
    'in the run `{a}` other rows arrived than the canvas has now',
    'dans l’exécution `{a}` sont arrivées d’autres lignes que celles du canevas actuel',
  ],
  [
    'nothing leads to `{a}`, so there are no rows that its rules are about',
    'rien ne mène à `{a}` : ses règles ne portent sur aucune ligne',
  ],
  ['connect it with the activity before it', 'la relier à l’activité qui précède'],
  [
    'lines of a file arrive at `{a}`, and the question is about `{b}`',
    'des lignes d’un fichier arrivent à `{a}`, et la question porte sur `{b}`',
  ],
  [
    'rows of `{a}` arrive at `{b}`, and the question is about `{c}`',
    'des lignes de `{a}` arrivent à `{b}`, et la question porte sur `{c}`',
  ],
  [
    '`{a}` is a run of `{b}`, and not of `{c}`',
    '`{a}` est une exécution de `{b}`, et non de `{c}`',
  ],
  ['the question cannot be answered', 'la question n’a pas de réponse'],
  [
    '`{a}` has rows of the run `{b}`, which no other database has',
    '`{a}` a les lignes de l’exécution `{b}`, qu’aucune autre base n’a',
  ],
  ['the rule cannot be used', 'la règle ne peut pas servir'],
  // Les horaires
  ['as soon as it is published', 'dès qu’elle est publiée'],
  ['when a signal arrives', 'quand un signal arrive'],
  ['the schedule cannot be used', 'l’horaire ne peut pas servir'],
  [
    'the schedule never launches: no day fits all that it says',
    'l’horaire ne lance jamais : aucun jour ne convient à tout ce qu’il dit',
  ],
  ['all launches of the schedule lie in the past', 'tous les lancements de l’horaire sont passés'],
  [
    'the schedule ends on {a}, before it begins on {b}',
    'l’horaire finit le {a}, avant de commencer le {b}',
  ],
  ['`{a}` is not a time of day', '`{a}` n’est pas une heure'],
  ['write it like `09:00`', 'l’écrire comme `09:00`'],
  ['`{a}` is not an IANA time zone', '`{a}` n’est pas un fuseau horaire'],
  ['`{a}` is not a time zone', '`{a}` n’est pas un fuseau horaire'],
  ['write it like `Europe/Paris`', 'l’écrire comme `Europe/Paris`'],
  ['there is no time in `times`', 'il n’y a pas d’heure'],
  ['the same time is there twice', 'la même heure y est deux fois'],
  ['there is no calendar `{a}`', 'il n’y a pas de calendrier `{a}`'],
  // Les contenus
  ['the message is empty', 'le message est vide'],
  [
    'there is no link to unsubscribe; marketing mail gets a plain one at its end',
    'il n’y a pas de lien de désabonnement ; un lien simple est mis à la fin des e-mails commerciaux',
  ],
  ['put one where it looks right: {a}', 'en mettre un où il convient : {a}'],
  ['the plain text is empty', 'le texte simple est vide'],
  ['leave it out, and it is made from the HTML', 'le laisser : il se fait du HTML'],
  [
    'the subject has {n} characters; many mail programs show {m}',
    'l’objet a {n} caractères ; bien des messageries en montrent {m}',
  ],
  ['put what matters first', 'mettre l’essentiel d’abord'],
  [
    'the HTML has {n} KB; Gmail shows the first {m}',
    'le HTML a {n} ko ; Gmail montre les {m} premiers',
  ],
  ['shorten it, or link to the rest', 'l’abréger, ou mener au reste par un lien'],
  ['mail programs take `{a}` out', 'les messageries retirent `{a}`'],
  ['the link `{a}` leads nowhere', 'le lien `{a}` ne mène nulle part'],
  ['`{a}` is not encrypted', '`{a}` n’est pas chiffré'],
  [
    'use `https://`: mail programs warn of such links',
    'employer `https://` : les messageries avertissent de tels liens',
  ],
  ['mail programs run no scripts', 'les messageries ne lancent pas de scripts'],
  ['the image has no `alt`', 'l’image n’a pas de texte de remplacement'],
  [
    'say what it shows, for those who do not see it; `alt=""` where it only decorates',
    'dire ce qu’elle montre, pour qui ne la voit pas ; `alt=""` si elle ne fait que décorer',
  ],
  ['the image has no `src`', 'l’image n’a pas de source'],
  ['there is no element `{a}`', 'il n’y a pas d’élément `{a}`'],
  ['the template cannot be read: {a}', 'le modèle ne peut pas être lu : {a}'],
  [
    'the {part} uses `{a}`, which is no field of the rows that arrive',
    '{part} emploie `{a}`, qui n’est pas un champ des lignes qui arrivent',
  ],
  // Les versions
  ['the activity `{a}` ({b}) was added', 'l’activité `{a}` ({b}) a été ajoutée'],
  ['the activity `{a}` ({b}, {c}) was added', 'l’activité `{a}` ({b}, {c}) a été ajoutée'],
  ['the activity `{a}` ({b}) was removed', 'l’activité `{a}` ({b}) a été retirée'],
  ['the activity `{a}` ({b}, {c}) was removed', 'l’activité `{a}` ({b}, {c}) a été retirée'],
  ['the activity `{a}` ({b}): {c}', 'l’activité `{a}` ({b}) : {c}'],
  ['activities were moved on the canvas', 'des activités ont été déplacées sur le plan'],
  ['the schedule was: {a}; it is now: {b}', 'l’horaire était : {a} ; il est maintenant : {b}'],
  ['the {a} was {b} and is now {c}', '{a} était {b} et est maintenant {c}'],
  ['the {a} was {b} and is gone', '{a} était {b} et n’est plus là'],
  ['the {a} is now {b}', '{a} est maintenant {b}'],
  ['it was called {a} and is now called {b}', 'elle s’appelait {a} et s’appelle maintenant {b}'],
  ['it is now called {a}', 'elle s’appelle maintenant {a}'],
  ['its notes were changed', 'ses notes ont été changées'],
  ['it is switched off', 'elle est désactivée'],
  ['the run pauses before it', 'l’exécution s’arrête avant elle'],
  ['the run pauses no more before it', 'l’exécution ne s’arrête plus avant elle'],
  // Les modèles et les imports
  ['`{a}` is still to choose: a {b}', '`{a}` reste à choisir : {b}'],
  ['there is a campaign `{a}` already', 'il y a déjà une campagne `{a}`'],
  ['give the new one another name', 'donner un autre nom à la nouvelle'],
  [
    '`{a}` has a different value in every row, so it is taken as the key',
    '`{a}` a une autre valeur à chaque ligne : elle est prise comme clé',
  ],
  [
    'no column has a different value in every row: name the columns of the key',
    'aucune colonne n’a une autre valeur à chaque ligne : nommer celles de la clé',
  ],
  [
    'told from the first {n} rows; later ones may not fit',
    'd’après les {n} premières lignes ; les suivantes peuvent ne pas convenir',
  ],
  ['there is no document in the file', 'il n’y a pas de document dans le fichier'],
  ['the file cannot be read', 'le fichier ne peut pas être lu'],
  [
    '{r} of the {n} rows for `{a}` were rejected, {m} are allowed; nothing was taken',
    '{r} des {n} lignes pour `{a}` ont été rejetées, {m} sont permises ; rien n’a été pris',
  ],
  ['a change of the register needs a reason', 'un changement du registre demande une raison'],
  [
    'say in a few words why, for whoever looks later',
    'dire pourquoi en quelques mots, pour qui regardera plus tard',
  ],
  ['is no e-mail address', 'n’est pas une adresse e-mail'],
  // Ce qu’une règle coûte
  ['this rule may take about {n} s', 'cette règle peut prendre environ {n} s'],
  ['this rule may take about {n} minutes', 'cette règle peut prendre environ {n} minutes'],
  ['this rule may take about {n} hours', 'cette règle peut prendre environ {n} heures'],
  ['this rule may take days', 'cette règle peut prendre des jours'],
  ['it reads the {n} rows of `{a}`', 'elle lit les {n} lignes de `{a}`'],
  ['it reads the {n} rows of `{a}` {m} times', 'elle lit {m} fois les {n} lignes de `{a}`'],
  ['its links lead to about {n} rows', 'ses liens mènent à environ {n} lignes'],
  // Périodes, retours, favoris et SQL
  [
    'there is no date preset `{a}`; did you mean `{b}`?',
    'il n’y a pas de période `{a}` ; vouliez-vous dire `{b}` ?',
  ],
  [
    'there is no date preset `{a}`; write one like `today`, `lastQuarter` or `nextDays`',
    'il n’y a pas de période `{a}` ; écrire par exemple `today`, `lastQuarter` ou `nextDays`',
  ],
  ['a date preset has no field `{a}`', 'une période n’a pas de champ `{a}`'],
  [
    'it has a `preset`, and `n` where it takes a number',
    'elle a un `preset`, et `n` si elle prend un nombre',
  ],
  [
    '`{a}` takes a whole number from 1 to {n} as `n`',
    '`{a}` prend pour `n` un nombre entier de 1 à {n}',
  ],
  ['`{a}` takes no `n`', '`{a}` ne prend pas de `n`'],
  [
    '`{a}` is {b}: a date preset is for dates and times',
    '`{a}` est {b} : une période vaut pour des dates et des moments',
  ],
  ['`{a}` does not take a date preset here', '`{a}` ne prend pas de période ici'],
  [
    'it is a span of time: write `=`, `in`, `<`, `<=`, `>` or `>=`',
    'c’est une période : écrire `=`, `in`, `<`, `<=`, `>` ou `>=`',
  ],
  [
    '`{a}` is about hours, which a date does not have',
    '`{a}` porte sur des heures, qu’une date n’a pas',
  ],
  ['there is no behavior `{a}`', 'il n’y a pas de comportement `{a}`'],
  [
    '`days` is a whole number from 1 to {n}, or 0 for ever',
    '`days` est un nombre entier de 1 à {n}, ou 0 pour toujours',
  ],
  [
    'the filter `{a}` is about rows that are sent messages, and `{b}` has no dimension',
    'le filtre `{a}` porte sur des lignes qui reçoivent des messages, et `{b}` n’a pas de dimension',
  ],
  [
    '{n} favorites of a kind are kept, and there are so many already',
    '{n} favoris d’une sorte sont gardés, et il y en a déjà autant',
  ],
  ['give up one of them first', 'en abandonner d’abord un'],
  [
    'the name of a person has at most {n} characters',
    'le nom d’une personne a au plus {n} caractères',
  ],
  [
    "`{a}` is a function of Tutti's and may be missing or mean something else there",
    '`{a}` est une fonction de Tutti et peut manquer là-bas ou y avoir un autre sens',
  ],
  [
    '`casefold` is written as `lower`: they differ for letters such as `ß` and `ς`',
    '`casefold` s’écrit `lower` : ils diffèrent pour des lettres comme `ß` et `ς`',
  ],
  [
    'a time that comes twice when clocks are set back is the second one there, and the first one in Tutti',
    'une heure qui revient quand les horloges reculent est la seconde là-bas, et la première dans Tutti',
  ],
  [
    'a zone that is not known has no value in Tutti, and is an error there',
    'un fuseau inconnu n’a pas de valeur dans Tutti, et est une erreur là-bas',
  ],
  [
    'of dates and times in texts, only those of ISO 8601 with `-` and `:` are read there',
    'des dates et moments dans des textes, seuls ceux d’ISO 8601 avec `-` et `:` sont lus là-bas',
  ],
  [
    "in patterns, case and classes like `\\d` and `\\w` are Unicode's in Tutti, and may be narrower there",
    'dans les motifs, la casse et les classes comme `\\d` et `\\w` sont celles d’Unicode dans Tutti, et peuvent être plus étroites là-bas',
  ],
  [
    'numbers with a fraction may have other digits as texts there',
    'des nombres à virgule peuvent avoir d’autres chiffres comme textes là-bas',
  ],
];
