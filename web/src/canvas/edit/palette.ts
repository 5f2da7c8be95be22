/** Kinds of activities as they are offered. Pure. */
import type { ActivityKind, ActivityDocument, JsonSchema } from '@/api/types';
import { categoryTone, kindLabel, type CategoryTone } from '@/canvas/kinds';
import { tMaybe, tServer } from '@/i18n';

const ORDER: CategoryTone[] = ['targeting', 'flow', 'channel', 'data'];

export interface Section {
  category: CategoryTone;
  kinds: ActivityKind[];
}

/** The kinds by category, as far as all words of a search are in them. */
export function paletteSections(kinds: ActivityKind[], search: string): Section[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const found = kinds.filter(({ kind, label, summary }) => {
    const text = `${kind} ${label} ${tMaybe('kind', kind) ?? ''} ${tServer(summary)}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  // What is called so comes before what only speaks of it.
  const rank = (kind: ActivityKind) =>
    words.length > 0 &&
    kindLabel(kind.kind, kind)
      .toLowerCase()
      .startsWith(words[0] ?? '')
      ? 0
      : 1;
  const sorted = [...found].sort((a, b) => rank(a) - rank(b));
  return ORDER.map((category) => ({
    category,
    kinds: sorted.filter((kind) => categoryTone(kind.category) === category),
  })).filter((section) => section.kinds.length > 0);
}

/** What is known where a new activity is made. */
export interface Surroundings {
  dimensions: string[];
  /** By their kind of channel, such as `email`. */
  channels: string[];
  /** The dimension of what arrives. */
  dimension: string | undefined;
}

/** A new activity of a kind, with the settings that can be chosen for the reader. */
export function newActivity(
  kind: ActivityKind,
  around: Surroundings,
): Omit<ActivityDocument, 'id'> & { type: string } {
  const { properties = {}, required = [] } = kind.settings_schema;
  const settings: Record<string, unknown> = {};
  for (const name of required) {
    const value = firstValue(name, properties[name], kind, around);
    if (value !== undefined) settings[name] = value;
  }
  if (kind.kind === 'email') Object.assign(settings, { subject: '', html: '' });
  return { type: kind.kind, ...settings };
}

function firstValue(
  name: string,
  schema: JsonSchema | undefined,
  { example = {} }: ActivityKind,
  { dimensions, channels, dimension }: Surroundings,
): unknown {
  // Rows of a file have the dimension without a name, which nobody leads to.
  if (name === 'dimension') return dimension === '' ? dimensions[0] : (dimension ?? dimensions[0]);
  if (name === 'channel') return channels[0];
  if (schema?.default !== undefined) return schema.default;
  const given = example[name];
  // Names of tables, fields and audiences in an example are not the reader's own.
  if (typeof given === 'string') return isChoice(schema) ? given : undefined;
  return name === 'by' ? [] : given;
}

function isChoice(schema: JsonSchema | undefined): boolean {
  return schema?.enum !== undefined || schema?.oneOf !== undefined || schema?.$ref !== undefined;
}

/** The port that a new activity's rows go on by. */
export function mainPort(kind: ActivityKind): string | undefined {
  const names = kind.ports?.map(({ name }) => name) ?? [];
  return names.includes('out') ? 'out' : names[0];
}
