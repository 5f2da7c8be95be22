import { describe, expect, it } from 'vitest';
import type { ActivityDocument, CampaignDocument } from '@/api/types';
import { settingField } from '@/features/campaign/form/SettingField';
import type { Known } from '@/features/campaign/form/scopes';
import { described, drawn, tables } from '@/features/campaign/form/testing';
import {
  emptyValue,
  fieldOf,
  plainFieldOf,
  resolve,
  type Field,
  type Schema,
} from '@/ui/form/schema';
import type { FieldProps } from '@/ui/form/SchemaForm';

const activity: ActivityDocument = { id: 'it', type: 'it' };
const document: CampaignDocument = {
  kind: 'campaign',
  name: 'c',
  canvas: { activities: [activity] },
};
const known: Known = {
  document,
  activity,
  check: { shapes: {}, ports: {} },
  kinds: [],
  tables,
  dimensions: [],
  filters: [],
  audiences: [],
  place: undefined,
};
const names = { dimension: [], channel: [], content: [], campaign: [], table: [], audience: [] };

/** Whether a value has a part of its own here, which says what there is to choose among. */
function isMarked(schema: Schema, root: Schema, path: string[]): boolean {
  const field: FieldProps = {
    path,
    label: '',
    help: undefined,
    schema,
    required: false,
    value: undefined,
    onChange: () => undefined,
    error: undefined,
    form: { root, custom: () => undefined, errorAt: () => undefined },
    beside: {},
  };
  const rule = () => 'rule';
  return settingField(field, { known, names, rule }) !== undefined;
}

/** The settings below a schema that would be a box for JSON. */
function boxes(given: Schema, root: Schema, path: string[], seen: unknown[] = []): string[] {
  const schema = resolve(given, root);
  if (isMarked(given, root, path) || schema['x-tutti-editor'] === 'duration') return [];
  if (seen.includes(given.$ref) && given.$ref !== undefined) return [];
  const inside = (part: Schema, name: string) =>
    boxes(part, root, [...path, name], [...seen, given.$ref]);
  const field: Field = plainFieldOf(given, root);
  switch (field.kind) {
    case 'any':
    case 'editor':
      return [path.join('.')];
    case 'object':
      return Object.entries(field.schema.properties ?? {}).flatMap(([name, part]) =>
        inside(part, name),
      );
    case 'list':
      return inside(field.items, '0');
    case 'map':
      return [...inside(field.keys, 'key'), ...inside(field.values, 'value')];
    case 'variants':
      return field.variants.flatMap(({ schema: each }, at) => inside(each, `variant ${at + 1}`));
    default:
      return [];
  }
}

/** A value with all of its settings, each in the form with this number where there are several. */
function filled(given: Schema, root: Schema, form: number, depth = 0): unknown {
  const schema = resolve(given, root);
  if (depth > 6) return emptyValue(schema, root);
  if (schema['x-tutti-editor'] === 'rule') return { combinator: 'and', rules: [] };
  if (schema['x-tutti-editor'] === 'duration') return ['2d', '1d12h', '90s'][form % 3];
  const inside = (part: Schema) => filled(part, root, form, depth + 1);
  const field = plainFieldOf(schema, root);
  switch (field.kind) {
    case 'object':
      return Object.fromEntries(
        Object.entries(field.schema.properties ?? {}).map(([name, part]) => [name, inside(part)]),
      );
    case 'list':
      return [inside(field.items), inside(field.items)];
    case 'map':
      return { one: inside(field.values), other: inside(field.values) };
    case 'variants':
      return inside(field.variants[form % field.variants.length]?.schema ?? {});
    case 'choice':
      return field.choices[form % field.choices.length]?.value;
    case 'text':
      return ['text', 'lower(text)', ''][form % 3];
    case 'number':
      return form + 1;
    case 'switch':
      return form % 2 === 0;
    case 'any':
      return [3, 'text', true, ['a', 'b'], null][form % 5];
    case 'editor':
      return undefined;
  }
}

const all = [
  ...described.kinds.map(({ kind, settings_schema: schema }) => [kind, schema] as const),
  ['what every activity has', described.common] as const,
];

describe.each(all)('settings of %s', (name, schema) => {
  it('are no boxes for JSON', () => {
    const settings = Object.entries(schema.properties ?? {});
    const found = settings.flatMap(([setting, part]) => boxes(part, schema, [setting]));
    expect(found).toEqual([]);
  });

  it.each([0, 1, 2])('are drawn in every form: %i', (form) => {
    if (name === 'what every activity has') return;
    const settings = filled(schema, schema, form) as Record<string, unknown>;
    expect(drawn(name, settings)).not.toContain('data-any');
  });

  it('are drawn before anything is set', () => {
    if (name === 'what every activity has') return;
    expect(drawn(name, {})).toContain('<');
  });
});

it('a box for JSON is found where there is one', () => {
  const root: Schema = {
    properties: { a: { properties: { b: {} }, type: 'object' } },
    type: 'object',
  };
  expect(boxes(root, root, [])).toEqual(['a.b']);
  expect(fieldOf({}, root).kind).toBe('any');
});
