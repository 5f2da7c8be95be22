/** Fields that one can choose among, found by what they are called or where they are. Pure. */

export interface FieldChoice {
  /** How the field is written: `address.city`. */
  path: string;
  label: string;
  /** What the links on the way there are called; empty for a field of the row itself. */
  way: string[];
  /** A few words on what it holds. */
  note?: string;
}

/** What a field is called with the way there: `Address › City`. */
export function choiceWords({ label, way }: FieldChoice): string {
  return [...way, label].join(' › ');
}

/** Those that have every word in their label, path or way; the nearest first, else as they come. */
export function findFields(choices: FieldChoice[], search: string): FieldChoice[] {
  const wanted = search.trim().toLowerCase();
  const words = wanted.split(/[\s›]+/).filter(Boolean);
  if (words.length === 0) return choices;
  return choices
    .flatMap((choice, index) => {
      const text = `${choiceWords(choice)} ${choice.path}`.toLowerCase();
      return words.every((word) => text.includes(word))
        ? [{ choice, index, far: distance(choice, wanted) }]
        : [];
    })
    .sort((a, b) => a.far - b.far || a.index - b.index)
    .map(({ choice }) => choice);
}

function distance(choice: FieldChoice, wanted: string): number {
  const names = [choice.path, choice.label, choiceWords(choice)].map((each) => each.toLowerCase());
  if (names.includes(wanted)) return 0;
  return names.some((name) => name.startsWith(wanted)) ? 1 : 2;
}

/** Whether a text can be the path of a field that is not among the choices. */
export function isFieldPath(text: string): boolean {
  return /^[\p{L}_][\p{L}\p{N}_]*(\.[\p{L}_][\p{L}\p{N}_]*)*$/u.test(text);
}
