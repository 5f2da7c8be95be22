/** Where a template has Jinja in it. The server has the same scanner (`model::jinja`). Pure. */

export type PartKind = 'expression' | 'block' | 'comment';
export interface JinjaPart {
  kind: PartKind;
  from: number;
  to: number;
}

const CLOSE: Record<string, { kind: PartKind; close: string }> = {
  '{': { kind: 'expression', close: '}}' },
  '%': { kind: 'block', close: '%}' },
  '#': { kind: 'comment', close: '#}' },
};

/** The parts in order; where one does not end, those before it. */
export function jinjaParts(text: string): JinjaPart[] {
  const found: JinjaPart[] = [];
  let at = 0;
  for (;;) {
    const from = openAt(text, at);
    if (from < 0) return found;
    const { kind, close } = CLOSE[text.charAt(from + 1)] ?? { kind: 'comment', close: '#}' };
    const to = endOf(text, from + 2, close, kind !== 'comment');
    if (to < 0) return found;
    found.push({ kind, from, to });
    at = to;
    if (kind === 'block' && firstWord(text.slice(from, to)) === 'raw') {
      const end = text.slice(to).search(/\{%[-+]?\s*endraw/);
      if (end < 0) return found;
      at = to + end;
    }
  }
}

/** The first word of a block: `if`, `endfor` and so on. */
export function firstWord(part: string): string {
  return /^\{%[-+]?\s*(\w+)/.exec(part)?.[1] ?? '';
}

function openAt(text: string, from: number): number {
  for (let at = text.indexOf('{', from); at >= 0; at = text.indexOf('{', at + 1)) {
    if ('{%#'.includes(text.charAt(at + 1)) && at + 1 < text.length) return at;
  }
  return -1;
}

function endOf(text: string, from: number, close: string, quotes: boolean): number {
  let quote = '';
  for (let at = from; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (quote !== '') {
      if (character === '\\') at += 1;
      else if (character === quote) quote = '';
    } else if (quotes && (character === '"' || character === "'")) quote = character;
    else if (text.startsWith(close, at)) return at + close.length;
  }
  return -1;
}

/** The text with each part of Jinja replaced by what `change` makes of it. */
export function mapJinja(
  text: string,
  change: (part: string, kind: PartKind, from: number) => string,
): string {
  let out = '';
  let at = 0;
  for (const { kind, from, to } of jinjaParts(text)) {
    out += text.slice(at, from) + change(text.slice(from, to), kind, from);
    at = to;
  }
  return out + text.slice(at);
}
