/** Ce que dit le serveur des activités et de leurs réglages, par ses propres mots ; ce qui manque ici reste tel quel. */
export const serverFr: Record<string, string> = {
  'Campaign feedback': 'Retours des campagnes',
  Behavior: 'Comportement',
  'Who was sent a message, opened it, clicked in it, or did not: any message, or those of one campaign, one of its activities or one run, and of the last days alone.':
    'Qui a reçu un message, l’a ouvert, y a cliqué, ou non : tout message, ou ceux d’une campagne, d’une de ses activités ou d’une exécution, et des derniers jours seulement.',
  'Its name on the canvas; the id when absent.': 'Son nom sur le plan ; l’identifiant s’il manque.',
  'For whoever reads the canvas.': 'Pour qui lit le plan.',
  'A disabled activity is skipped, and whatever only it leads to.':
    'Une activité désactivée est passée, avec tout ce à quoi elle seule mène.',
  'The run holds before this activity until somebody goes on with it; what arrives can be looked at.':
    'L’exécution s’arrête avant cette activité jusqu’à ce que quelqu’un la poursuive ; on peut voir ce qui arrive.',
  "When it works for longer than this, the run's log has a warning.":
    'Si elle travaille plus longtemps, le journal de l’exécution porte un avertissement.',
  'What happens when it fails; as the campaign says when absent.':
    'Ce qui se passe en cas d’échec ; sinon, ce que dit la campagne.',
  'How often it is tried when the error may pass (another system is away or busy). Three times when absent.':
    'Combien de fois elle est tentée quand l’erreur peut passer (un autre système absent ou occupé). Trois fois par défaut.',
  'What the run does after the last attempt.':
    'Ce que fait l’exécution après la dernière tentative.',
  'Attempts in all, at least one.': 'Nombre total de tentatives, au moins une.',
  'The pause before the second attempt; it doubles with each further one.':
    'La pause avant la deuxième tentative ; elle double à chaque nouvelle tentative.',
  'The longest pause between two attempts.': 'La plus longue pause entre deux tentatives.',
  'The dimension to take rows of.': 'La dimension dont les lignes sont prises.',
  'The rule that a row has to match. Without one, every row does.':
    'La règle à laquelle une ligne doit répondre. Sans règle, toutes conviennent.',
  'Whether the rule filters the rows that arrive, instead of all rows of the dimension.':
    'La règle filtre les lignes qui arrivent, au lieu de toutes les lignes de la dimension.',
  'Whether the rows that do not match leave by the port `complement`.':
    'Les lignes qui ne correspondent pas sortent par le port `complement`.',
  'What happens when no row matches.': 'Ce qui se passe quand aucune ligne ne correspond.',
  'The name of the audience.': 'Le nom de l’audience.',
  'The dimension of the rows that leave; without it, that of the audience.':
    'La dimension des lignes qui sortent ; sans elle, celle de l’audience.',
  'What rows carry along: columns that were saved with the audience, or field paths. Without it, all that were saved.':
    'Ce que les lignes emportent : des colonnes enregistrées avec l’audience, ou des chemins de champs. Sans réglage, toutes celles enregistrées.',
  'Fields of the members and the fields of the dimension that equal them, where the dimension is another one.':
    'Des champs des membres et les champs de la dimension qui leur sont égaux, si la dimension est une autre.',
  'What happens when nobody is in it.': 'Ce qui se passe quand personne n’en fait partie.',
  'What makes a row new: a moment after the last one taken, or a key that was not taken.':
    'Ce qui rend une ligne nouvelle : un moment après le dernier pris, ou une clé qui n’a pas été prise.',
  'With `mode: date-field`, the timestamp of a row: a field path or an expression.':
    'Avec `mode: date-field`, l’horodatage d’une ligne : un chemin de champ ou une expression.',
  'With `mode: date-field`, the moment from which the first run takes rows: a date or date math. Without it, the first run takes all.':
    'Avec `mode: date-field`, le moment à partir duquel la première exécution prend des lignes : une date ou un calcul de date. Sans réglage, elle prend tout.',
  'With `mode: keys`, for how many days a key that was taken is remembered; 0 is for ever.':
    'Avec `mode: keys`, pendant combien de jours une clé prise est retenue ; 0 : toujours.',
  'What happens when no row is new.': 'Ce qui se passe quand aucune ligne n’est nouvelle.',
  'A SQL scalar expression over fields of the row.':
    'Une expression SQL scalaire sur les champs de la ligne.',
  'The name of the file in the folder for files; may be computed, as in `people_{{ date }}.csv`.':
    'Le nom du fichier dans le dossier des fichiers ; il peut être calculé, comme `people_{{ date }}.csv`.',
  'How the file is laid out.': 'Comment le fichier est disposé.',
  'The columns of the file. Where its header names them, they are found by name, else they are all there in order.':
    'Les colonnes du fichier. Si son en-tête les nomme, elles sont trouvées par leur nom, sinon elles y sont toutes, dans l’ordre.',
  'The name of a column for the number of the line. Without it, no column has it.':
    'Le nom d’une colonne pour le numéro de la ligne. Sans réglage, aucune ne le porte.',
  'With more lines than this that do not fit, the activity fails.':
    'Si plus de lignes que cela ne conviennent pas, l’activité échoue.',
  'A file that is larger than this, unpacked, is not read. Without it, files of any size are.':
    'Un fichier plus grand que cela, une fois décompressé, n’est pas lu. Sans réglage, toute taille convient.',
  'Removes the file once it has been read; never in a test.':
    'Supprime le fichier une fois lu ; jamais lors d’un test.',
  'What happens when the file is not there.': 'Ce qui se passe quand le fichier n’est pas là.',
  'How columns are told apart.': 'Comment les colonnes sont distinguées.',
  'Whether the first line names the columns. Without it: yes where columns are delimited, no where they have widths.':
    'La première ligne nomme les colonnes. Sans réglage : oui si les colonnes sont séparées, non si elles ont des largeurs.',
  'The character between columns; `tab` is one too. Without it, the first line tells: `,`, `;`, `|` or a tab.':
    'Le caractère entre les colonnes ; `tab` en est un aussi. Sans réglage, la première ligne le dit : `,`, `;`, `|` ou une tabulation.',
  'The character around texts that hold separators; empty: none. Without it, `"`.':
    'Le caractère autour des textes qui contiennent des séparateurs ; vide : aucun. Sans réglage, `"`.',
  'Whether a text within quotes may go on in the next line.':
    'Un texte entre guillemets peut continuer à la ligne suivante.',
  'Lines to pass over before the header.': 'Lignes à passer avant l’en-tête.',
  'The encoding, such as `utf-8`, `windows-1252`, `iso-8859-15` or `utf-16le`. Without it, UTF-8.':
    'L’encodage, comme `utf-8`, `windows-1252`, `iso-8859-15` ou `utf-16le`. Sans réglage, UTF-8.',
  "The time zone of times that have none, such as `Europe/Paris`. Without it, the campaign's.":
    'Le fuseau des heures qui n’en ont pas, comme `Europe/Paris`. Sans réglage, celui de la campagne.',
  'What the column is called from here on.': 'Le nom de la colonne à partir d’ici.',
  'What it is called in the file, where its header names the columns. Without it, as here.':
    'Son nom dans le fichier, si l’en-tête nomme les colonnes. Sans réglage, le même qu’ici.',
  'Passes over the column.': 'Ignore la colonne.',
  '`string`, `integer`, `number`, `decimal(p,s)`, `boolean`, `date` or `timestamp`.':
    '`string`, `integer`, `number`, `decimal(p,s)`, `boolean`, `date` ou `timestamp`.',
  'How many characters wide it is, where columns have widths.':
    'Sa largeur en caractères, si les colonnes ont des largeurs.',
  'What an empty value is.': 'Ce qu’est une valeur vide.',
  'What happens to a value that does not fit.': 'Ce qui arrive à une valeur qui ne convient pas.',
  'The value that `on_error: default` and `on_unmapped: default` put in place, written as ISO has it.':
    'La valeur que mettent `on_error: default` et `on_unmapped: default`, écrite selon ISO.',
  'Values in the file, and what to read in place of each.':
    'Des valeurs du fichier, et ce qu’il faut lire à leur place.',
  'What happens to a value that `remap` does not have.':
    'Ce qui arrive à une valeur que `remap` n’a pas.',
  'Changes the case of texts.': 'Change la casse des textes.',
  'Which white space around the value goes. Without it: both where columns have widths or are no texts, else none.':
    'Quelles espaces autour de la valeur sont ôtées. Sans réglage : des deux côtés si les colonnes ont des largeurs ou ne sont pas des textes, sinon aucune.',
  'The character between groups of three digits; may be empty. A space stands for every kind of space.':
    'Le caractère entre les groupes de trois chiffres ; il peut être vide. Une espace vaut pour toute sorte d’espace.',
  'The character before the fraction. Without it, `.`.':
    'Le caractère avant les décimales. Sans réglage, `.`.',
  'How dates and times are written, such as `dd/MM/yyyy HH:mm` or `%d/%m/%Y %H:%M`. Without it, as ISO 8601 has it.':
    'Comment s’écrivent les dates et les heures, comme `dd/MM/yyyy HH:mm` ou `%d/%m/%Y %H:%M`. Sans réglage, selon ISO 8601.',
  'Union: rows of any set. Intersection: rows of every set. Exclusion: rows of the primary set and of no other.':
    'Union : les lignes d’un ensemble au moins. Intersection : celles de tous. Exclusion : celles de l’ensemble principal et d’aucun autre.',
  'The set that the others are taken away from, or compared with: the activity it comes from, or `activity.port`. An exclusion needs it; with `by` or `rules` it is the first set when absent.':
    'L’ensemble duquel les autres sont retirés, ou auquel ils sont comparés : l’activité d’où il vient, ou `activity.port`. Une exclusion en a besoin ; avec `by` ou `rules`, c’est le premier s’il manque.',
  'The fields, columns or expressions by which rows are alike, in place of their keys.':
    'Les champs, colonnes ou expressions par lesquels des lignes sont semblables, au lieu de leurs clés.',
  'Whether `ANNA@shop.example` and `anna@shop.example` are different in `by` and `rules`.':
    '`ANNA@shop.example` et `anna@shop.example` diffèrent dans `by` et `rules`.',
  'How sets of other dimensions, or with other fields, are compared with the primary one.':
    'Comment des ensembles d’autres dimensions, ou avec d’autres champs, sont comparés à l’ensemble principal.',
  'Which columns the rows have: those of all sets, or those that all sets have in common.':
    'Les colonnes qu’ont les lignes : celles de tous les ensembles, ou celles qu’ils ont en commun.',
  'How many rows a union has at most.': 'Combien de lignes une union a au plus.',
  'Whether the rows that were not kept leave by the port `complement`.':
    'Les lignes qui n’ont pas été gardées sortent par le port `complement`.',
  'The activity that the set comes from, or `activity.port`.':
    'L’activité d’où vient l’ensemble, ou `activity.port`.',
  'The path of the link from a row of the primary set to rows of this one: it is in the set when one of them is.':
    'Le chemin du lien d’une ligne de l’ensemble principal vers celles-ci : elle en fait partie si l’une d’elles en fait partie.',
  'Fields of the primary set, and the fields of this one that equal them.':
    'Des champs de l’ensemble principal, et ceux de celui-ci qui leur sont égaux.',
  'The number of rows.': 'Le nombre de lignes.',
  'The sets whose rows are taken first, the most important first; the others follow in the order of the transitions.':
    'Les ensembles dont les lignes sont prises d’abord, le plus important en premier ; les autres suivent dans l’ordre des transitions.',
  'Which rows of a set are taken first. Without it, rows are taken at random.':
    'Quelles lignes d’un ensemble sont prises d’abord. Sans réglage, au hasard.',
  'What to order by.': 'Ce qui donne l’ordre.',
  'The direction.': 'Le sens.',
  'The fields that duplicates have in common: field paths over links to one row, added columns, or expressions.':
    'Les champs que les doublons ont en commun : chemins de champs par des liens vers une ligne, colonnes ajoutées ou expressions.',
  'How many rows of each group stay; 0 keeps all.':
    'Combien de lignes de chaque groupe restent ; 0 les garde toutes.',
  'Which rows of a group stay: chosen at random, or by a field; or a list of criteria, the most important first.':
    'Quelles lignes d’un groupe restent : choisies au hasard, ou par un champ ; ou une liste de critères, le plus important d’abord.',
  'Columns that the rows which stay take from all rows of their group.':
    'Des colonnes que les lignes qui restent reprennent de toutes les lignes de leur groupe.',
  'Whether `ANNA@shop.example` and `anna@shop.example` are different.':
    '`ANNA@shop.example` et `anna@shop.example` diffèrent.',
  'The field path, or SQL expression, whose lowest or highest value is kept.':
    'Le chemin de champ, ou l’expression SQL, dont la valeur la plus basse ou la plus haute est gardée.',
  'The direction, with `expression`.': 'Le sens, avec `expression`.',
  'The field path or expression that should be filled.':
    'Le chemin de champ ou l’expression qui devrait être rempli.',
  'The values to prefer.': 'Les valeurs à préférer.',
  'The field or expression whose values are listed.':
    'Le champ ou l’expression dont les valeurs sont énumérées.',
  'The values, the most wanted first.': 'Les valeurs, la plus voulue d’abord.',
  'The name of the column: a new one, or that of a field that it then replaces.':
    'Le nom de la colonne : un nouveau, ou celui d’un champ qu’elle remplace alors.',
  'The value of each row.': 'La valeur de chaque ligne.',
  "Which row's value is taken.": 'De quelle ligne la valeur est reprise.',
  'The subsets, filled from top to bottom.': 'Les sous-ensembles, remplis de haut en bas.',
  'Whether the rows that no subset took leave by the port `complement`.':
    'Les lignes qu’aucun sous-ensemble n’a prises sortent par le port `complement`.',
  'Whether a row goes to every subset that takes it, instead of the first only.':
    'Une ligne va dans chaque sous-ensemble qui la prend, au lieu du premier seulement.',
  'Where chance comes from: from each run, or the same for all runs, so that the same rows stay together.':
    'D’où vient le hasard : de chaque exécution, ou le même pour toutes, pour que les mêmes lignes restent ensemble.',
  'Whether all subsets leave together by the port `out`, told apart by their segment code.':
    'Tous les sous-ensembles sortent ensemble par le port `out`, distingués par leur code de segment.',
  'The name of the port.': 'Le nom du port.',
  'What people call the subset.': 'Comment on appelle le sous-ensemble.',
  'How many rows at most. Without one, all that match.':
    'Combien de lignes au plus. Sans réglage, toutes celles qui correspondent.',
  'What is written in the column `segment_code`; the label, else the id, when absent.':
    'Ce qui est écrit dans la colonne `segment_code` ; le libellé, sinon l’identifiant, s’il manque.',
  'Whether the branch ends here when the subset is empty.':
    'La branche s’arrête ici quand le sous-ensemble est vide.',
  'A number of rows.': 'Un nombre de lignes.',
  'A percentage, over 0 and up to 100, read to six places; the rows are rounded to the nearest, halves up.':
    'Un pourcentage, de plus de 0 à 100, lu à six décimales ; les lignes sont arrondies au plus proche, les moitiés vers le haut.',
  'What a percentage is of.': 'De quoi un pourcentage est pris.',
  'Which rows are taken first; of a list, the first counts most. Without it, rows are taken at random.':
    'Quelles lignes sont prises d’abord ; d’une liste, la première compte le plus. Sans réglage, au hasard.',
  'Which of the rows that `sort` makes equal are taken first.':
    'Lesquelles des lignes que `sort` rend égales sont prises d’abord.',
  'The field or expression for each value of which the limit holds by itself. Rows without a value count together.':
    'Le champ ou l’expression pour chaque valeur duquel la limite vaut à part. Les lignes sans valeur comptent ensemble.',
  'Other numbers, or percentages, for some of the values of `per`.':
    'D’autres nombres, ou pourcentages, pour certaines valeurs de `per`.',
  'The set whose rows go on, when several arrive: the activity it comes from, or `activity.port`; the first when absent. The others are there to be linked.':
    'L’ensemble dont les lignes continuent, si plusieurs arrivent : l’activité d’où il vient, ou `activity.port` ; le premier s’il manque. Les autres sont là pour être liés.',
  'Links that this activity makes, for its own columns.':
    'Des liens que fait cette activité, pour ses propres colonnes.',
  'The columns to add.': 'Les colonnes à ajouter.',
  'The name of the link, for `add`.': 'Le nom du lien, pour `add`.',
  'Where it leads.': 'Où il mène.',
  'Fields of the rows that arrive (or expressions over them), and the columns there that equal them. Text has to be the same to the letter.':
    'Des champs des lignes qui arrivent (ou des expressions), et les colonnes là-bas qui leur sont égales. Un texte doit être le même à la lettre près.',
  'How many rows can be there for a row here.':
    'Combien de lignes il peut y avoir là-bas pour une ligne d’ici.',
  'With a link to one row, which of several it is, by fields of the linked row; then the lowest key.':
    'Avec un lien vers une ligne, laquelle de plusieurs, par des champs de la ligne liée ; puis la clé la plus basse.',
  'With a link to one row, what happens when there are several.':
    'Avec un lien vers une ligne, ce qui se passe s’il y en a plusieurs.',
  'Whether the key of the linked row is added as columns, named `LINK_COLUMN`.':
    'La clé de la ligne liée est ajoutée en colonnes, nommées `LINK_COLUMN`.',
  'The name of a table.': 'Le nom d’une table.',
  'The activity that the population comes from, or `activity.port`.':
    'L’activité d’où vient la population, ou `activity.port`.',
  'The name of the column, or the first part of the names of collected columns.':
    'Le nom de la colonne, ou la première partie des noms des colonnes rassemblées.',
  'What people call it.': 'Comment on l’appelle.',
  'A field path over links to one row, or a column that the rows carry.':
    'Un chemin de champ par des liens vers une ligne, ou une colonne que portent les lignes.',
  'A SQL scalar expression over such fields.': 'Une expression SQL scalaire sur de tels champs.',
  'The path of a link, whose rows are collected or aggregated.':
    'Le chemin d’un lien, dont les lignes sont rassemblées ou agrégées.',
  'The first few linked rows, as numbered columns and as a list.':
    'Les premières lignes liées, en colonnes numérotées et en liste.',
  'One value computed over the linked rows: an object with a `function` and, except for count, a `field`, as in rules.':
    'Une valeur calculée sur les lignes liées : un objet avec `function` et, sauf pour count, `field`, comme dans les règles.',
  'The rule that linked rows have to match to be collected or aggregated.':
    'La règle à laquelle doivent répondre les lignes liées pour être rassemblées ou agrégées.',
  'How many rows at most.': 'Combien de lignes au plus.',
  'Which come first, by fields of the linked row; then the lowest key.':
    'Lesquelles viennent d’abord, par des champs de la ligne liée ; puis la clé la plus basse.',
  'The rule that a linked row has to match.': 'La règle à laquelle une ligne liée doit répondre.',
  'What is taken of each row.': 'Ce qui est pris de chaque ligne.',
  'The name in columns and lists; the path with `_` for dots when absent.':
    'Le nom dans les colonnes et les listes ; le chemin avec `_` au lieu de points s’il manque.',
  'A field path of the collected row, or an expression.':
    'Un chemin de champ de la ligne rassemblée, ou une expression.',
  'The dimension whose rows are looked for.': 'La dimension dont les lignes sont cherchées.',
  'Fields of the rows that arrive, and the fields of the dimension that equal them; all have to. Either may be an expression.':
    'Des champs des lignes qui arrivent, et ceux de la dimension qui leur sont égaux ; tous doivent l’être. Les uns et les autres peuvent être des expressions.',
  "A rule over the dimension's row that has to hold too; `inbound.FIELD` is a field of the row that arrives.":
    'Une règle sur la ligne de la dimension, qui doit valoir aussi ; `inbound.FIELD` est un champ de la ligne qui arrive.',
  'Which of the rows that arrive are looked for; others count as unmatched.':
    'Lesquelles des lignes qui arrivent sont cherchées ; les autres comptent comme sans correspondance.',
  'Which of several matching rows is meant, by fields of the dimension; then the lowest key.':
    'Laquelle de plusieurs lignes correspondantes est entendue, par des champs de la dimension ; puis la clé la plus basse.',
  'What happens when a row matches several.':
    'Ce qui se passe quand une ligne correspond à plusieurs.',
  'The columns of the rows that arrive which the rows found carry. When absent, all but those that have the name of a field of the dimension.':
    'Les colonnes des lignes arrivées que portent les lignes trouvées. Sans réglage, toutes sauf celles qui ont le nom d’un champ de la dimension.',
  'Whether the rows that match nothing leave by the port `complement`.':
    'Les lignes qui ne correspondent à rien sortent par le port `complement`.',
  'The new dimension.': 'La nouvelle dimension.',
  "The path of the link from the rows that arrive to the new dimension's table. When absent, the only link there.":
    'Le chemin du lien des lignes qui arrivent vers la table de la nouvelle dimension. Sans réglage, le seul lien qui y mène.',
  'How many of the rows that lead to a new one it carries the columns of.':
    'De combien des lignes qui mènent à une nouvelle elle porte les colonnes.',
  'Which of them come first, by their fields; then the lowest key.':
    'Lesquelles viennent d’abord, par leurs champs ; puis la clé la plus basse.',
  'Fields of the rows that arrive which are carried as columns, besides those that they carry.':
    'Des champs des lignes qui arrivent, portés en colonnes en plus de celles qu’elles portent.',
  'The columns of the rows that arrive which are carried on. When absent, all but those that have the name of a field of the new dimension.':
    'Les colonnes conservées des lignes qui arrivent. Sans réglage, toutes sauf celles qui ont le nom d’un champ de la nouvelle dimension.',
  'With `keep` over 1, what the columns begin with, and the name of the list; that of the old dimension when absent.':
    'Avec `keep` au-dessus de 1, par quoi commencent les colonnes, et le nom de la liste ; celui de l’ancienne dimension s’il manque.',
  'Whether the rows that lead nowhere leave by the port `complement`.':
    'Les lignes qui ne mènent nulle part sortent par le port `complement`.',
  'What happens to the members that it has.': 'Ce qui arrive aux membres qu’elle a.',
  'What is kept of each row besides its key: field paths, or names with fields or expressions.':
    'Ce qui est gardé de chaque ligne outre sa clé : des chemins de champs, ou des noms avec des champs ou des expressions.',
  'The name of the file in the folder for files, or a `file://` or `s3://` address; may be computed, as in `vip_{{ date }}.csv`.':
    'Le nom du fichier dans le dossier des fichiers, ou une adresse `file://` ou `s3://` ; il peut être calculé, comme `vip_{{ date }}.csv`.',
  'What is written of each row. Without it, the key and all columns that the rows carry.':
    'Ce qui est écrit de chaque ligne. Sans réglage, la clé et toutes les colonnes que portent les lignes.',
  'In which order. Without it, by key.': 'Dans quel ordre. Sans réglage, par clé.',
  'Leaves out rows that are alike in every column.':
    'Écarte les lignes semblables dans toutes les colonnes.',
  'What happens when nobody arrives.': 'Ce qui se passe quand personne n’arrive.',
  'What kind of file it is. Without it, the ending of its name tells.':
    'Quelle sorte de fichier. Sans réglage, la fin de son nom le dit.',
  'Whether the first line names the columns; of CSV and Excel.':
    'La première ligne nomme les colonnes ; pour CSV et Excel.',
  'The character between columns of CSV; `tab` is one too. Without it, `,`.':
    'Le caractère entre les colonnes de CSV ; `tab` en est un aussi. Sans réglage, `,`.',
  'The character before the fraction of a number in CSV. Without it, `.`.':
    'Le caractère avant les décimales d’un nombre en CSV. Sans réglage, `.`.',
  'The character between groups of three digits of a number in CSV, such as a space. Without it, none.':
    'Le caractère entre les groupes de trois chiffres d’un nombre en CSV, comme une espace. Sans réglage, aucun.',
  'The encoding of CSV and JSON Lines, such as `windows-1252`. Without it, UTF-8.':
    'L’encodage de CSV et JSON Lines, comme `windows-1252`. Sans réglage, UTF-8.',
  'What stands in CSV where there is no value. Without it, nothing.':
    'Ce qui est écrit en CSV quand il n’y a pas de valeur. Sans réglage, rien.',
  "The time zone of times, such as `Europe/Paris`. Without it, the campaign's. Parquet keeps instants.":
    'Le fuseau des heures, comme `Europe/Paris`. Sans réglage, celui de la campagne. Parquet garde des instants.',
  'What the column is called in the file. Without it, as the field.':
    'Le nom de la colonne dans le fichier. Sans réglage, celui du champ.',
  'A field path.': 'Un chemin de champ.',
  'A SQL expression over the fields of the row, in place of a field.':
    'Une expression SQL sur les champs de la ligne, au lieu d’un champ.',
  'How dates and times are written, such as `dd/MM/yyyy HH:mm` or `%d/%m/%Y`. Without it, as ISO 8601 has it.':
    'Comment s’écrivent les dates et les heures, comme `dd/MM/yyyy HH:mm` ou `%d/%m/%Y`. Sans réglage, selon ISO 8601.',
  'What is written in place of values, such as `{gold: Or}`; others are written as they are.':
    'Ce qui est écrit à la place de valeurs, comme `{gold: Or}` ; les autres restent telles quelles.',
  'How many digits numbers have after the point.':
    'Combien de chiffres les nombres ont après la virgule.',
  'Which comes first.': 'Laquelle vient d’abord.',
  'The table to write to.': 'La table où écrire.',
  'What happens to its rows.': 'Ce qui arrive à ses lignes.',
  'What its columns become: a field path, or an object with `field`, `expression` or `value`, and `when`.':
    'Ce que deviennent ses colonnes : un chemin de champ, ou un objet avec `field`, `expression` ou `value`, et `when`.',
  'The rule that a row has to match to be written. Without one, every row is.':
    'La règle à laquelle une ligne doit répondre pour être écrite. Sans règle, toutes le sont.',
  'With more rows than this that the table does not take, nothing is written.':
    'Si la table refuse plus de lignes que cela, rien n’est écrit.',
  'The address of the service, such as `https://scores.example/v1`.':
    'L’adresse du service, comme `https://scores.example/v1`.',
  'The method of the call.': 'La méthode de l’appel.',
  'What is sent.': 'Ce qui est envoyé.',
  'How many rows one call has at most.': 'Combien de lignes un appel a au plus.',
  'What is sent of each row. Without it, the key and all columns that the rows carry.':
    'Ce qui est envoyé de chaque ligne. Sans réglage, la clé et toutes les colonnes que portent les lignes.',
  'Headers of the call: texts, or `{env: NAME}` for secrets in environment variables.':
    'Les en-têtes de l’appel : des textes, ou `{env: NAME}` pour des secrets dans des variables d’environnement.',
  'Signs each call.': 'Signe chaque appel.',
  'How long one call may take, in seconds.': 'Combien de temps un appel peut durer, en secondes.',
  'How often a call is tried that fails for a while.':
    'Combien de fois est tenté un appel qui échoue pour un temps.',
  'What is read of the answer.': 'Ce qui est lu de la réponse.',
  'What happens to rows whose call failed for good.':
    'Ce qui arrive aux lignes dont l’appel a échoué pour de bon.',
  'The header that holds it.': 'L’en-tête qui la porte.',
  'The environment variable with the key.': 'La variable d’environnement avec la clé.',
  'Where the list of rows is in the answer to a batch, as a JSON pointer such as `/scores`. Empty: the answer is the list.':
    'Où est la liste des lignes dans la réponse à un lot, comme pointeur JSON tel que `/scores`. Vide : la réponse est la liste.',
  'Where the value is in a row of the answer that equals each key column, as JSON pointers. Without it, the answer has as many rows as were sent, in the same order.':
    'Où est, dans une ligne de la réponse, la valeur égale à chaque colonne de clé, comme pointeurs JSON. Sans réglage, la réponse a autant de lignes qu’il en a été envoyé, dans le même ordre.',
  'The columns to read.': 'Les colonnes à lire.',
  'What it is called from here on.': 'Son nom à partir d’ici.',
  'Where it is, as a JSON pointer such as `/value`.':
    'Où elle est, comme pointeur JSON tel que `/value`.',
  '`string`, `integer`, `number`, `decimal(p,s)`, `boolean`, `date` or `timestamp`. What is of another type is no value.':
    '`string`, `integer`, `number`, `decimal(p,s)`, `boolean`, `date` ou `timestamp`. Ce qui est d’un autre type n’est pas une valeur.',
  'The channel to send with: the name of a channel document of kind email.':
    'Le canal d’envoi : le nom d’un document de canal de type e-mail.',
  'The subject, a template. With `html` or `mjml`, in place of `content`.':
    'L’objet, un modèle. Avec `html` ou `mjml`, à la place de `content`.',
  'What mail programs show beside the subject, a template.':
    'Ce que les messageries montrent à côté de l’objet, un modèle.',
  'The message, an HTML template; or else `mjml`.': 'Le message, un modèle HTML ; ou bien `mjml`.',
  'The message, an MJML template, from which HTML is made that mail programs draw alike.':
    'Le message, un modèle MJML, dont on fait un HTML que les messageries affichent de la même façon.',
  'The message as plain text, a template; made from the HTML when absent.':
    'Le message en texte brut, un modèle ; fait à partir du HTML s’il manque.',
  'The name of a content document, in place of `subject` and `html` or `mjml`.':
    'Le nom d’un document de contenu, à la place de `subject` et de `html` ou `mjml`.',
  'Whether sending waits for a confirmation. When absent, campaigns that run once wait and others do not.':
    'L’envoi attend une confirmation. Sans réglage, les campagnes qui s’exécutent une seule fois attendent, les autres non.',
  'Whether of several rows with one address only that with the lowest key is mailed.':
    'De plusieurs lignes avec une même adresse, seule celle de la clé la plus basse reçoit le message.',
  'How many messages a dry run shows; 3 when absent.':
    'Combien de messages montre un essai à blanc ; 3 s’il manque.',
  'The branches to wait for: activities that lead here, or `activity.port`. All of them when absent.':
    'Les branches à attendre : des activités qui mènent ici, ou `activity.port`. Toutes si rien n’est dit.',
  'The branch whose population goes on: an activity that leads here, or `activity.port`. The first when absent.':
    'La branche dont la population continue : une activité qui mène ici, ou `activity.port`. La première si rien n’est dit.',
  'The conditions; the first that holds wins.': 'Les conditions ; la première qui vaut l’emporte.',
  'Whether everybody leaves by the port `default` when no condition holds. Without it the branch ends then.':
    'Tout le monde sort par le port `default` quand aucune condition ne vaut. Sinon la branche s’arrête alors.',
  'The name on the canvas.': 'Le nom sur le plan.',
  'The rows that left an earlier activity: `activity` or `activity.port`.':
    'Les lignes sorties d’une activité antérieure : `activity` ou `activity.port`.',
  'A variable of the campaign, or a parameter of its signal.':
    'Une variable de la campagne, ou un paramètre de son signal.',
  'A SQL expression over variables, like `$rows > 2 * $rows_target`.':
    'Une expression SQL sur des variables, comme `$rows > 2 * $rows_target`.',
  'How it is compared. An expression without it is true or false by itself.':
    'Comment elle est comparée. Sans cela, une expression est vraie ou fausse par elle-même.',
  'What it is compared with.': 'À quoi elle est comparée.',
  'How long it waits, like `3d`, `12h` or `1d12h`.':
    'Combien de temps elle attend, comme `3d`, `12h` ou `1d12h`.',
  'Until when it waits: a date and time, or `{weekday: monday, at: "09:00"}` for the next time.':
    'Jusqu’à quand elle attend : une date et une heure, ou `{weekday: monday, at: "09:00"}` pour la prochaine fois.',
  'The weekday, or several. Every day when absent.':
    'Le jour de la semaine, ou plusieurs. Tous les jours si rien n’est dit.',
  'The hour, like `09:00`.': 'L’heure, comme `09:00`.',
  'What is asked, a template.': 'Ce qui est demandé, un modèle.',
  'The people or roles who may answer. Anybody who may work on runs when absent.':
    'Les personnes ou les rôles qui peuvent répondre. Quiconque peut travailler sur les exécutions si rien n’est dit.',
  'Until when somebody may answer: a length of time, a date and time, or `{weekday: monday, at: "09:00"}`. Without it, it waits for as long as populations are kept.':
    'Jusqu’à quand on peut répondre : une durée, une date et une heure, ou `{weekday: monday, at: "09:00"}`. Sans réglage, elle attend tant que les populations sont gardées.',
  'What happens when there is no answer by the deadline: `approve`, `reject`, one of the `answers`, or `fail`, so that `on_error` says what the run does.':
    'Ce qui se passe sans réponse dans le délai : `approve`, `reject`, une des `answers`, ou `fail`, pour que `on_error` dise ce que fait l’exécution.',
  'Other answers than to approve and to reject; each is a port. Without it, these two.':
    'D’autres réponses qu’approuver et refuser ; chacune est un port. Sans réglage, ces deux-là.',
  'How many people have to give an answer for it to count.':
    'Combien de personnes doivent donner une réponse pour qu’elle compte.',
  'What people see.': 'Ce que les gens voient.',
  'One line, a template.': 'Une ligne, un modèle.',
  'Plain text, a template.': 'Du texte brut, un modèle.',
  'How urgent it is.': 'À quel point c’est urgent.',
  'Whom it is mailed to. Without it, it is only kept and shown.':
    'À qui c’est envoyé. Sans réglage, c’est seulement gardé et montré.',
  'The name of a channel document of kind email; its sender and server are used.':
    'Le nom d’un document de canal de type e-mail ; son expéditeur et son serveur servent.',
  'The addresses.': 'Les adresses.',
  'The campaigns to signal, in order.': 'Les campagnes à signaler, dans l’ordre.',
  'The name of a campaign whose schedule is `{type: signal}`.':
    'Le nom d’une campagne dont le calendrier est `{type: signal}`.',
  'Values for its parameters, by name; texts are templates.':
    'Des valeurs pour ses paramètres, par nom ; les textes sont des modèles.',
  'Takes the rows of a dimension that match a rule.':
    'Prend les lignes d’une dimension qui répondent à une règle.',
  'The branch ends here.': 'La branche s’arrête ici.',
  'The branch goes on with an empty population.': 'La branche continue avec une population vide.',
  'Takes the members of an audience that was saved or uploaded.':
    'Prend les membres d’une audience enregistrée ou importée.',
  'A field path, or an object with a name and a field or an expression.':
    'Un chemin de champ, ou un objet avec un nom et un champ ou une expression.',
  'What the column is called; without it, as the field.':
    'Le nom de la colonne ; sans réglage, celui du champ.',
  'Takes the rows of a dimension that match a rule and that no run before has taken.':
    'Prend les lignes d’une dimension qui répondent à une règle et qu’aucune exécution n’a encore prises.',
  'Its timestamp is after the latest that was taken.': 'Son horodatage est après le dernier pris.',
  'Its key was not taken.': 'Sa clé n’a pas été prise.',
  'A field path, or a SQL expression over fields.':
    'Un chemin de champ, ou une expression SQL sur des champs.',
  'Reads a file of people or things, as a population whose rows are its lines.':
    'Lit un fichier de personnes ou de choses, comme population dont les lignes sont les siennes.',
  'By a character between them.': 'Par un caractère entre elles.',
  'By their widths.': 'Par leurs largeurs.',
  'A column of a file.': 'Une colonne d’un fichier.',
  'An error for numbers, no value for everything else.':
    'Une erreur pour les nombres, pas de valeur pour le reste.',
  'No value.': 'Pas de valeur.',
  'An error.': 'Une erreur.',
  'The line leaves by `rejects`.': 'La ligne sort par `rejects`.',
  'The column has no value.': 'La colonne n’a pas de valeur.',
  'The column has the default value.': 'La colonne a la valeur par défaut.',
  'It stays as it is.': 'Elle reste telle quelle.',
  'The first letter of each word is a capital, the others are not.':
    'La première lettre de chaque mot est une majuscule, les autres non.',
  'Which white space around a value goes.': 'Quelles espaces autour d’une valeur sont ôtées.',
  'The activity fails.': 'L’activité échoue.',
  'The population is empty.': 'La population est vide.',
  'Makes one population out of several: their union, intersection, or one without the others.':
    'Fait de plusieurs populations une seule : leur union, leur intersection, ou l’une sans les autres.',
  'How one set is compared with the primary one: over a link, or by equal fields.':
    'Comment un ensemble est comparé à l’ensemble principal : par un lien, ou par des champs égaux.',
  'Those of all sets.': 'Celles de tous les ensembles.',
  'Those that every set has.': 'Celles que chaque ensemble a.',
  'How many rows a union has at most, and of which sets first.':
    'Combien de lignes une union a au plus, et de quels ensembles d’abord.',
  'Which rows come first: by a field or expression. Rows without a value come last.':
    'Quelles lignes viennent d’abord : par un champ ou une expression. Les lignes sans valeur viennent en dernier.',
  'The lowest value first.': 'La valeur la plus basse d’abord.',
  'The highest value first.': 'La valeur la plus haute d’abord.',
  'Keeps one row, or a few, of those that are alike in chosen fields.':
    'Garde une ligne, ou quelques-unes, parmi celles qui se ressemblent par des champs choisis.',
  'Chosen at random.': 'Choisies au hasard.',
  'A method as it is written, when it is not the word `random`.':
    'Un critère tel qu’il s’écrit, quand ce n’est pas le mot `random`.',
  'The direction in which rows are ordered. Rows without a value come last in both.':
    'Le sens dans lequel les lignes sont rangées. Les lignes sans valeur viennent en dernier dans les deux.',
  'A list of values, the most wanted first.': 'Une liste de valeurs, la plus voulue d’abord.',
  'A column whose value is chosen among all rows of a group.':
    'Une colonne dont la valeur est choisie parmi toutes les lignes d’un groupe.',
  'The first that is filled, in the order of the method.':
    'La première qui est remplie, dans l’ordre du critère.',
  'The lowest.': 'La plus basse.',
  'The highest.': 'La plus haute.',
  'Cuts a population into subsets, by rules, by size, or by both.':
    'Découpe une population en sous-ensembles, par des règles, par la taille, ou les deux.',
  'One part of the population; its id is its port.':
    'Une partie de la population ; son identifiant est son port.',
  'A rule over the rows of a dimension.': 'Une règle sur les lignes d’une dimension.',
  'How many rows a subset takes at most: a number or a percentage.':
    'Combien de lignes un sous-ensemble prend au plus : un nombre ou un pourcentage.',
  'All rows that arrived.': 'Toutes les lignes arrivées.',
  "The rows that match the subset's rule and that no subset above took.":
    'Les lignes qui répondent à la règle du sous-ensemble et qu’aucun autre au-dessus n’a prises.',
  'By key.': 'Par clé.',
  'At random.': 'Au hasard.',
  'Each run chooses anew.': 'Chaque exécution choisit à nouveau.',
  'Every run chooses alike.': 'Toutes les exécutions choisissent pareil.',
  'Every activity with this number chooses alike.':
    'Toutes les activités avec ce nombre choisissent pareil.',
  'Adds columns to the rows that arrive, from linked tables, expressions and other populations.':
    'Ajoute des colonnes aux lignes qui arrivent, à partir de tables liées, d’expressions et d’autres populations.',
  'A link for the columns of this activity.': 'Un lien pour les colonnes de cette activité.',
  'One for each row; the activity fails when a row has none.':
    'Une pour chaque ligne ; l’activité échoue si une ligne n’en a pas.',
  'One or none.': 'Une ou aucune.',
  'Any number.': 'N’importe quel nombre.',
  'The first is taken, and the log tells how many rows have several.':
    'La première est prise, et le journal dit combien de lignes en ont plusieurs.',
  'A column, or the columns of collected rows. Has exactly one of `field`, `expression`, `collect` and `aggregate`; the last two with `link`.':
    'Une colonne, ou les colonnes de lignes rassemblées. A exactement un de `field`, `expression`, `collect` et `aggregate` ; les deux derniers avec `link`.',
  'Which linked rows are collected, and what of each.':
    'Quelles lignes liées sont rassemblées, et quoi de chacune.',
  'Finds out who the rows that arrive are: the rows of a dimension that match them.':
    'Trouve qui sont les lignes qui arrivent : les lignes d’une dimension qui leur correspondent.',
  'Goes from the rows that arrive to the rows of another dimension that they are linked to.':
    'Passe des lignes qui arrivent aux lignes d’une autre dimension auxquelles elles sont liées.',
  'Keeps the population under a name, to be used by rules and other campaigns.':
    'Garde la population sous un nom, pour des règles et d’autres campagnes.',
  'Only those who arrive are members.': 'Seuls ceux qui arrivent sont membres.',
  'Those who arrive become members too.': 'Ceux qui arrivent deviennent membres aussi.',
  'Those who arrive are members no more.': 'Ceux qui arrivent ne sont plus membres.',
  'Writes the population to a file: CSV, Excel, JSON Lines or Parquet.':
    'Écrit la population dans un fichier : CSV, Excel, JSON Lines ou Parquet.',
  'A kind of file.': 'Une sorte de fichier.',
  'Lines with separators.': 'Des lignes avec des séparateurs.',
  'An Excel workbook with one sheet.': 'Un classeur Excel avec une feuille.',
  'One JSON object per line.': 'Un objet JSON par ligne.',
  'A Parquet file.': 'Un fichier Parquet.',
  'A column of the file: a field or an expression.':
    'Une colonne du fichier : un champ ou une expression.',
  'A field or an expression to sort by.': 'Un champ ou une expression pour trier.',
  'A file without rows is written.': 'Un fichier sans lignes est écrit.',
  'No file is written.': 'Aucun fichier n’est écrit.',
  'Writes what arrives into a table: inserts, updates or deletes rows of it.':
    'Écrit ce qui arrive dans une table : y insère, met à jour ou supprime des lignes.',
  'Rows that are there are changed, others are made.':
    'Les lignes qui y sont changent, les autres sont créées.',
  'Rows are made; those that are there already are rejected.':
    'Des lignes sont créées ; celles qui y sont déjà sont rejetées.',
  'Rows that are there are changed; others are rejected.':
    'Les lignes qui y sont changent ; les autres sont rejetées.',
  'Rows are removed; those that are not there are rejected.':
    'Des lignes sont retirées ; celles qui n’y sont pas sont rejetées.',
  'Sends the population, or a summary of it, to a service, and reads what the service answers.':
    'Envoie la population, ou un résumé, à un service, et lit ce qu’il répond.',
  'The rows, so many at a time.': 'Les lignes, tant à la fois.',
  'One call that says how many rows there are.': 'Un appel qui dit combien de lignes il y a.',
  'How calls are signed: the header holds `sha256=` and the HMAC-SHA256, in hexadecimal digits, of the time (the seconds since 1970, as in `X-Tutti-Timestamp`), a point and the body.':
    'Comment les appels sont signés : l’en-tête porte `sha256=` et le HMAC-SHA256, en hexadécimal, de l’heure (les secondes depuis 1970, comme dans `X-Tutti-Timestamp`), d’un point et du corps.',
  'What is read of an answer.': 'Ce qui est lu d’une réponse.',
  'A column that is read of an answer.': 'Une colonne qui est lue d’une réponse.',
  'The activity fails; when it is tried again, calls that were answered are not made again.':
    'L’activité échoue ; si elle est retentée, les appels qui ont eu une réponse ne sont pas refaits.',
  'They leave by `rejects`.': 'Elles sortent par `rejects`.',
  'Sends one e-mail to each row that arrives, and lets the whole population go on.':
    'Envoie un e-mail à chaque ligne qui arrive, et laisse continuer toute la population.',
  'When messages go.': 'Quand partent les messages.',
  'As soon as the population is there.': 'Dès que la population est là.',
  'When somebody has confirmed.': 'Quand quelqu’un a confirmé.',
  'Gives the whole population to each of several branches.':
    'Donne toute la population à chacune de plusieurs branches.',
  'Waits until several branches have arrived, and goes on with the population of one.':
    'Attend que plusieurs branches soient arrivées, et continue avec la population de l’une.',
  'Sends the whole population the way of the first condition that holds.':
    'Envoie toute la population par la première condition qui vaut.',
  'One question. Without `count`, `variable` and `expression` it is about the number of rows that arrive.':
    'Une question. Sans `count`, `variable` ni `expression`, elle porte sur le nombre de lignes qui arrivent.',
  'How a value is compared; the words are those of rules.':
    'Comment une valeur est comparée ; les mots sont ceux des règles.',
  'Lets the population wait for a while, or until a time.':
    'Fait attendre la population un temps, ou jusqu’à un moment.',
  'A length of time, like `10m`, `3d` or `1h30m`.': 'Une durée, comme `10m`, `3d` ou `1h30m`.',
  'A time, as documents write it.': 'Un moment, comme l’écrivent les documents.',
  "A length of time like `2d`, a date and time like `2026-12-01T09:00` in the campaign's zone, or a variable of the campaign like `$starts_at`, a date or a timestamp.":
    'Une durée comme `2d`, une date et une heure comme `2026-12-01T09:00` dans le fuseau de la campagne, ou une variable de la campagne comme `$starts_at`, une date ou un horodatage.',
  'The next time that it is this weekday and hour.':
    'La prochaine fois que c’est ce jour et cette heure.',
  'One weekday or several.': 'Un jour de la semaine ou plusieurs.',
  'One weekday.': 'Un jour de la semaine.',
  'Any of several weekdays.': 'L’un de plusieurs jours.',
  'A day of the week.': 'Un jour de la semaine.',
  'Waits until people approve, reject or answer otherwise, and sends the population on accordingly.':
    'Attend que des gens approuvent, refusent ou répondent autrement, et fait suivre la population en conséquence.',
  'An answer that people can give.': 'Une réponse que l’on peut donner.',
  'Tells people something, and lets the population go on.':
    'Prévient des gens, et laisse continuer la population.',
  'The addresses that an alert is mailed to, and the channel that it goes by.':
    'Les adresses auxquelles une alerte est envoyée, et le canal par lequel elle passe.',
  'Marks where a branch ends, and may start other campaigns.':
    'Marque la fin d’une branche, et peut lancer d’autres campagnes.',
  'A signal to another campaign.': 'Un signal à une autre campagne.',
  'A SQL expression over the fields of the row.': 'Une expression SQL sur les champs de la ligne.',
  'A constant; dates take date math, such as `now`. `null` takes the value away.':
    'Une constante ; les dates prennent un calcul de date, comme `now`. `null` retire la valeur.',
  'A table, or a population that arrives.': 'Une table, ou une population qui arrive.',
  'As it is written here.': 'Tel qu’il est écrit ici.',
  'In an environment variable, which whoever reads the campaign does not see.':
    'Dans une variable d’environnement, que ne voit pas qui lit la campagne.',
  'The name of the variable.': 'Le nom de la variable.',
  'What stands before it, such as `Bearer `.': 'Ce qui la précède, comme `Bearer `.',
  'The value of a header.': 'La valeur d’un en-tête.',
  'When the column is set.': 'Quand la colonne est écrite.',
  'Where it has no value yet.': 'Où elle n’a pas encore de valeur.',
  'Where there is a value to set it to.': 'Où il y a une valeur à y mettre.',
  'What a column becomes.': 'Ce qu’une colonne devient.',
  'One, or a list.': 'Un, ou une liste.',
  'The run ends as failed.': 'L’exécution finit en échec.',
  'The run goes on without the activity and what only it leads to.':
    'L’exécution continue sans l’activité et ce à quoi elle seule mène.',
  'The run pauses; resuming it tries the activity again.':
    'L’exécution se met en pause ; la reprendre tente à nouveau l’activité.',
  'What arrived leaves by the port `error`, and by no other.':
    'Ce qui est arrivé sort par le port `error`, et par aucun autre.',
  "The next time that it is this weekday and hour, in the campaign's zone.":
    'La prochaine fois que c’est ce jour et cette heure, dans le fuseau de la campagne.',
  'What happens when an activity fails: it may be tried again, and then what.':
    'Ce qui se passe quand une activité échoue : elle peut être tentée à nouveau, et ensuite quoi.',
  'How often and how soon a failing activity is tried again.':
    'Combien de fois et après quel délai une activité en échec est tentée à nouveau.',
  'What a run does when an activity has failed for good.':
    'Ce que fait une exécution quand une activité a échoué pour de bon.',
  'The layout of a file that is written.': 'La disposition d’un fichier qui est écrit.',
  'The lines of a file.': 'Les lignes d’un fichier.',
};
