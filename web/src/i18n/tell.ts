/** Sentences of the server with values in them, said in another language. Pure. */

/** A sentence as the server says it, `{a}` standing for whatever is there, and what it is in the other language. */
export type Sentence = readonly [said: string, told: string];
export type Teller = (text: string) => string | undefined;

interface Pattern {
  start: string;
  shape: RegExp;
  names: string[];
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
  sentences: readonly Sentence[],
  words: Record<string, string>,
  number: (value: number) => string,
): Teller {
  const patterns = sentences.map(toPattern);
  const known = new Map<string, string | undefined>();

  function whole(text: string): string | undefined {
    const word = words[text];
    if (word !== undefined) return word;
    for (const { start, shape, names, told } of patterns) {
      if (!text.startsWith(start)) continue;
      const found = shape.exec(text);
      if (found === null) continue;
      const values = new Map(names.map((name, index) => [name, value(found[index + 1] ?? '')]));
      return told.replaceAll(HOLE, (hole, name: string) => values.get(name) ?? hole);
    }
    return undefined;
  }
  function value(text: string): string {
    if (GROUPED.test(text)) return number(Number(text.replaceAll(',', '')));
    return tell(text) ?? text;
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
  const names: string[] = [];
  const pieces = said.split(HOLE);
  const shape = pieces.map((piece, index) => {
    if (index % 2 === 0) return escape(piece);
    names.push(piece);
    return '(.+?)';
  });
  return { start: pieces[0] ?? '', shape: new RegExp(`^${shape.join('')}$`, 's'), names, told };
}

function escape(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
