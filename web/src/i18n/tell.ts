/** Sentences of the server with values in them, said in another language. Pure. */

/** A sentence as the server says it, `{a}` standing for whatever is there, and what it is in the other language. */
export type Sentence = readonly [said: string, told: string];
/** `{rule}`, `{rule2}` in a sentence are told as rules, whose sentences fit nearly everything else as well. */
export interface Said {
  sentences: readonly Sentence[];
  rules: readonly Sentence[];
}
export type Teller = (text: string) => string | undefined;

interface Pattern {
  /** Letters that are its own. */
  size: number;
  start: string;
  shape: RegExp;
  /** What stands in each place, and whether as a name, which stays as it is. */
  holes: { name: string; quoted: boolean }[];
  told: string;
}

/** What joins several sentences to one. */
const JOINED = '; ';
const REMEMBERED_MAX = 2_000;
const HOLE = /\{(\w+)\}/g;
const GROUPED = /^\d{1,3}(,\d{3})+$/;

/**
 * Tells sentences in another language; what has no sentence is not told. Values are told by themselves where they are
 * known, and numbers are written by `number`.
 */
export function makeTeller(
  { sentences, rules }: Said,
  words: Record<string, string>,
  number: (value: number) => string,
): Teller {
  // What says more is looked for first; rules stand in the order in which they are taken apart.
  const patterns =
    rules.length === 0 ? sentences.map(toPattern) : sentences.map(toPattern).sort(bySize);
  const tellRule: Teller =
    rules.length === 0 ? () => undefined : makeTeller({ sentences: rules, rules: [] }, {}, number);
  const known = new Map<string, string | undefined>();

  function whole(text: string): string | undefined {
    const word = words[text];
    if (word !== undefined) return word;
    for (const { start, shape, holes, told } of patterns) {
      if (!text.startsWith(start)) continue;
      const found = shape.exec(text);
      if (found === null) continue;
      const values = new Map(
        holes.map(({ name, quoted }, index) => {
          const text = found[index + 1] ?? '';
          return [name, quoted ? text : value(name, text)];
        }),
      );
      return told.replaceAll(HOLE, (hole, name: string) => values.get(name) ?? hole);
    }
    return undefined;
  }
  function value(name: string, text: string): string {
    if (GROUPED.test(text)) return number(Number(text.replaceAll(',', '')));
    const rule = name.startsWith('rule') ? tellRule(text) : undefined;
    return rule ?? tell(text) ?? text;
  }
  /** The whole, else its parts, of which those that are not known stay as they are. */
  function told(text: string): string | undefined {
    const found = whole(text);
    if (found !== undefined) return found;
    const parts = text.split(JOINED);
    if (parts.length === 1) return undefined;
    const each = parts.map(whole);
    return each.some((part) => part !== undefined)
      ? each.map((part, index) => part ?? parts[index]).join(' ; ')
      : undefined;
  }
  function tell(text: string): string | undefined {
    if (known.has(text)) return known.get(text);
    if (known.size > REMEMBERED_MAX) known.clear();
    const found = told(text);
    known.set(text, found);
    return found;
  }
  return tell;
}

function toPattern([said, told]: Sentence): Pattern {
  const holes: Pattern['holes'] = [];
  const pieces = said.split(HOLE);
  const shape = pieces.map((piece, index) => {
    if (index % 2 === 0) return escape(piece);
    const quoted = pieces[index - 1]?.endsWith('`') === true && pieces[index + 1]?.[0] === '`';
    holes.push({ name: piece, quoted });
    return '(.+?)';
  });
  const size = pieces.filter((_, index) => index % 2 === 0).join('').length;
  return {
    size,
    start: pieces[0] ?? '',
    shape: new RegExp(`^${shape.join('')}$`, 's'),
    holes,
    told,
  };
}

function bySize(a: Pattern, b: Pattern): number {
  return b.size - a.size;
}

function escape(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
