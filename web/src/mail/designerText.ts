/**
 * MJML as the designer takes it, and back. The designer reads HTML: what Jinja has between components becomes elements
 * of its own, and what would not survive as HTML is written so that it does. Pure.
 */
import { jinjaParts, mapJinja } from '@/mail/jinja';

/** Elements between whose children nothing but other elements may stand. */
const CONTAINERS = new Set([
  'mj-body',
  'mj-wrapper',
  'mj-section',
  'mj-group',
  'mj-column',
  'mj-hero',
]);
const EMPTY_HEAD = '';

export interface DesignerText {
  /** The body, as the designer takes it. */
  body: string;
  /** `<mj-head>` with all in it, which the designer leaves alone. */
  head: string;
  /** The attributes of `<mjml>`. */
  attributes: string;
}

/** Whether the designer can show it at all. */
export function isDesignable(mjml: string): boolean {
  return /<mjml[\s>]/.test(mjml) && /<mj-body[\s>/]/.test(mjml);
}

export function toDesigner(mjml: string): DesignerText {
  const head = /<mj-head[\s\S]*?<\/mj-head>|<mj-head\s*\/>/.exec(mjml)?.[0] ?? EMPTY_HEAD;
  const attributes = /<mjml([^>]*)>/.exec(mjml)?.[1]?.trim() ?? '';
  const without = mjml.replace(head, '');
  const body =
    /<mj-body[\s\S]*<\/mj-body>|<mj-body[^>]*\/>/.exec(without)?.[0] ?? '<mj-body></mj-body>';
  return { body: expandEmptyTags(maskJinja(body)), head, attributes };
}

export function fromDesigner(body: string, { head, attributes }: DesignerText): string {
  const whole = unmaskJinja(body.replaceAll(/ (?:id|data-gjs-[\w-]+)="[^"]*"/g, ''));
  const opening = attributes === '' ? '<mjml>' : `<mjml ${attributes}>`;
  return formatMjml(`${opening}${head}${whole}</mjml>`);
}

/** Jinja in three places: between components, in a tag, and in text. */
function maskJinja(text: string): string {
  const nesting = new Nesting();
  let out = '';
  let at = 0;
  for (const { kind, from, to } of jinjaParts(text)) {
    const before = text.slice(at, from);
    nesting.read(before);
    out += before;
    at = to;
    const part = text.slice(from, to);
    if (kind === 'comment') continue;
    if (nesting.inTag) out += part.includes("'") ? escaped(part) : part.replaceAll('"', "'");
    else if (nesting.betweenComponents)
      out += `<mj-jinja code="${encodeURIComponent(part)}"></mj-jinja>`;
    else if (kind === 'block' && betweenRows(before)) out += `<!--${part}-->`;
    else out += escaped(part);
  }
  return out + text.slice(at);
}

/** Where HTML allows no text: it would be moved out of the table. */
function betweenRows(before: string): boolean {
  return /<(?:table|tbody|thead|tfoot|tr)\b[^>]*>\s*$|<\/(?:tr|td|th|tbody|thead)>\s*$/.test(
    before,
  );
}

function escaped(part: string): string {
  return part
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

function unmaskJinja(text: string): string {
  const bare = text.replaceAll(/<!--(\{%[\s\S]*?%\})-->/g, '$1');
  return mapJinja(bare, (part) =>
    part
      .replaceAll('&nbsp;', ' ')
      .replaceAll('\u00a0', ' ')
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&quot;', '"')
      .replaceAll('&amp;', '&'),
  );
}

/** HTML knows no empty `<mj-image />`: what follows would be inside of it. */
function expandEmptyTags(text: string): string {
  return text.replaceAll(
    /<(mj-[\w-]+)((?:\s+[\w:-]+(?:\s*=\s*(?:"[^"]*"|'[^']*'))?)*)\s*\/>/g,
    '<$1$2></$1>',
  );
}

class Nesting {
  private open: string[] = [];
  private tag: string | undefined;

  get inTag(): boolean {
    return this.tag !== undefined;
  }

  get betweenComponents(): boolean {
    return !this.inTag && CONTAINERS.has(this.open.at(-1) ?? '');
  }

  read(text: string): void {
    for (const character of text) {
      if (this.tag === undefined) {
        if (character === '<') this.tag = '';
      } else if (character === '>' && (!this.tag.startsWith('!--') || this.tag.endsWith('--'))) {
        this.close(this.tag);
        this.tag = undefined;
      } else this.tag += character;
    }
  }

  private close(tag: string): void {
    const name = /^\/?([\w-]+)/.exec(tag)?.[1] ?? '';
    if (tag.startsWith('/')) {
      const at = this.open.lastIndexOf(name);
      if (at >= 0) this.open.length = at;
    } else if (name.startsWith('mj') && !tag.endsWith('/')) this.open.push(name);
  }
}

/** Components whose insides are words, and stay as they are. */
const WORDS =
  'mj-text|mj-button|mj-raw|mj-table|mj-style|mj-title|mj-preview|mj-navbar-link|mj-social-element';

/** One component to a line, and those in it further in; words stay as they are. */
export function formatMjml(mjml: string): string {
  const lines: string[] = [];
  let depth = 0;
  const put = (line: string) => lines.push('  '.repeat(depth) + line);
  const token = new RegExp(
    `<(${WORDS})\\b(?:[^>"']|"[^"]*"|'[^']*')*?(?:/>|>[\\s\\S]*?</\\1>)|<!--[\\s\\S]*?-->|<(/?)[\\w-]+(?:[^>"']|"[^"]*"|'[^']*')*>`,
    'g',
  );
  let at = 0;
  const between = (text: string) => {
    for (const line of text.split('\n')) if (line.trim() !== '') put(line.trim());
  };
  for (const match of mjml.matchAll(token)) {
    between(mjml.slice(at, match.index));
    const [whole, words, closes] = match;
    at = match.index + whole.length;
    if (words !== undefined || whole.startsWith('<!--') || whole.endsWith('/>')) put(whole.trim());
    else if (closes === '/') {
      depth = Math.max(0, depth - 1);
      const opening = lines.at(-1)?.trim() ?? '';
      // An empty component stays on its line.
      if (
        opening.startsWith(`<${whole.slice(2, -1)}`) &&
        !opening.endsWith('/>') &&
        !opening.includes('</')
      ) {
        lines[lines.length - 1] = `${lines.at(-1) ?? ''}${whole}`;
      } else put(whole);
    } else {
      put(whole);
      depth += 1;
    }
  }
  between(mjml.slice(at));
  return `${lines.join('\n')}\n`;
}
