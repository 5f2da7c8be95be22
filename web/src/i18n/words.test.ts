import { expect, test } from 'vitest';
import { en } from '@/i18n/en';
import { fr } from '@/i18n/fr';

type Parts = Record<string, Record<string, Record<string, string>>>;
const PARTS = {
  en: import.meta.glob(['./en/*.ts', '!./en/index.ts'], { eager: true }) as Parts,
  fr: import.meta.glob(['./fr/*.ts', '!./fr/index.ts'], { eager: true }) as Parts,
};

test('no part of the words takes the place of another part’s', () => {
  for (const [words, parts] of [
    [en, PARTS.en],
    [fr, PARTS.fr],
  ] as const) {
    const keys = Object.values(parts).flatMap((part) => Object.values(part).flatMap(Object.keys));
    expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
    expect(Object.keys(words).sort()).toEqual(keys.sort());
  }
});

test('each language says the same words with the same parameters', () => {
  const parameters = (text: string) =>
    [...new Set([...text.matchAll(/\{(\w+)/g)].map(([, name]) => name))].sort();
  for (const [key, text] of Object.entries(en)) {
    expect(parameters(fr[key as keyof typeof fr]), key).toEqual(parameters(text));
  }
});
