/**
 * The words of the app, in one folder per language. A language is chosen once, before the app is drawn; choosing another
 * draws the page anew, so that words may stand anywhere, also in pure code.
 */
import { en } from '@/i18n/en';
import { makeTeller, type Teller } from '@/i18n/tell';

export type WordKey = keyof typeof en;
export type Words = Record<WordKey, string>;
export type Language = 'en' | 'fr';
export type Params = Record<string, string | number>;

/** What a language says, and what it makes of the server's English. */
interface Spoken {
  words: Words;
  tell: Teller;
}
interface LanguageListed {
  id: Language;
  name: string;
  load: () => Promise<Spoken>;
}
export const LANGUAGES: LanguageListed[] = [
  { id: 'en', name: 'English', load: () => Promise.resolve({ words: en, tell: () => undefined }) },
  { id: 'fr', name: 'Français', load: loadFrench },
];
const KEPT_UNDER = 'tutti-language';

let words: Words = en;
let tell: Teller = () => undefined;
let language: Language = 'en';
let plurals = new Intl.PluralRules('en');
let numbers = new Intl.NumberFormat(formatLocale(), { maximumFractionDigits: 6 });

/**
 * The words for `key`. `{name}` takes a parameter, numbers in the reader's format; `{n#row|rows}` takes one of two
 * words by the number `n`.
 */
export function t(key: WordKey, params: Params = {}): string {
  return words[key].replaceAll(/\{(\w+)(?:#([^|}]*)\|([^}]*))?\}/g, (whole, name, one, other) => {
    const value = params[name as string];
    if (value === undefined) return whole as string;
    if (one !== undefined) return plurals.select(Number(value)) === 'one' ? one : other;
    return typeof value === 'number' ? numbers.format(value) : value;
  });
}

/** What the server says in English, in the reader's language as far as that is known. */
export function tServer<T extends string | undefined>(text: T): T | string {
  return text === undefined ? text : (tell(text.replaceAll(/\s+/g, ' ')) ?? text);
}

/** Words for a name that comes from the server, such as a state; the name itself where there are none. */
export function tMaybe(prefix: string, name: string): string | undefined {
  return (words as Record<string, string>)[`${prefix}.${name}`];
}

export function currentLanguage(): Language {
  return language;
}

/** How numbers and times are written: the reader's own way where it is of the chosen language. */
export function formatLocale(): string {
  const own = typeof navigator === 'undefined' ? [] : (navigator.languages ?? []);
  return own.find((tag) => tag.startsWith(language)) ?? (language === 'en' ? 'en-US' : language);
}

/** Takes the language that was chosen before, else the browser's, else English. */
export async function loadLanguage(): Promise<void> {
  const kept = localStorage.getItem(KEPT_UNDER);
  const wanted = [kept, ...navigator.languages.map((tag) => tag.slice(0, 2))];
  const known = wanted.flatMap((tag) => LANGUAGES.find(({ id }) => id === tag) ?? [])[0];
  const chosen = known ?? LANGUAGES[0];
  if (chosen !== undefined) {
    language = chosen.id;
    ({ words, tell } = await chosen.load());
  }
  plurals = new Intl.PluralRules(language);
  numbers = new Intl.NumberFormat(formatLocale(), { maximumFractionDigits: 6 });
  document.documentElement.lang = language;
}

async function loadFrench(): Promise<Spoken> {
  const [{ fr }, { serverFr }, { saidFr }] = await Promise.all([
    import('@/i18n/fr'),
    import('@/i18n/server.fr'),
    import('@/i18n/said.fr'),
  ]);
  const format = new Intl.NumberFormat(formatLocale());
  return { words: fr, tell: makeTeller(saidFr, serverFr, (value) => format.format(value)) };
}

export function chooseLanguage(next: Language): void {
  localStorage.setItem(KEPT_UNDER, next);
  location.reload();
}
