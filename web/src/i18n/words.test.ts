import { expect, test } from 'vitest';
import { en } from '@/i18n/en';
import { fieldsEn } from '@/i18n/fields.en';
import { fieldsFr } from '@/i18n/fields.fr';
import { fr } from '@/i18n/fr';
import { libraryEn } from '@/i18n/library.en';
import { libraryFr } from '@/i18n/library.fr';
import { peopleEn } from '@/i18n/people.en';
import { peopleFr } from '@/i18n/people.fr';

test('no part of the words takes the place of another part’s', () => {
  for (const [words, parts] of [
    [en, [fieldsEn, libraryEn, peopleEn]],
    [fr, [fieldsFr, libraryFr, peopleFr]],
  ] as const) {
    const keys = parts.flatMap((part) => Object.keys(part));
    expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
    for (const part of parts) expect(words).toMatchObject(part);
  }
});

test('each language says the same words with the same parameters', () => {
  const parameters = (text: string) =>
    [...new Set([...text.matchAll(/\{(\w+)/g)].map(([, name]) => name))].sort();
  for (const [key, text] of Object.entries(en)) {
    expect(parameters(fr[key as keyof typeof fr]), key).toEqual(parameters(text));
  }
});
