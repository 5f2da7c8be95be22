/** JSON Schemas as forms see them: references followed, null left out, choices named. Pure. */

/** The part of JSON Schema (2020-12) that forms are drawn from. */
export interface Schema {
  $ref?: string;
  $defs?: Record<string, Schema>;
  title?: string;
  description?: string;
  type?: string | string[];
  format?: string;
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  minimum?: number;
  maximum?: number;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  /** Of an object whose names are free: what a name is. */
  propertyNames?: Schema;
  items?: Schema | boolean;
  oneOf?: Schema[];
  anyOf?: Schema[];
  allOf?: Schema[];
  /** What a value is, so that what there is can be offered. */
  'x-tutti-editor'?: string;
  /** Whose fields a value and what is inside of it are about. */
  'x-tutti-rows'?: string;
}

export interface Choice {
  value: string | number | boolean;
  description?: string;
}
export interface Variant {
  /** What the variant is called. */
  title: string;
  description: string | undefined;
  schema: Schema;
}

export type Field =
  | { kind: 'choice'; choices: Choice[] }
  | { kind: 'text' }
  | { kind: 'number'; whole: boolean; min: number | undefined; max: number | undefined }
  | { kind: 'switch' }
  | { kind: 'list'; items: Schema }
  | { kind: 'object'; schema: Schema }
  | { kind: 'map'; keys: Schema; values: Schema }
  | { kind: 'variants'; variants: Variant[] }
  | { kind: 'editor'; editor: string }
  | { kind: 'any' };

/** A schema without references and without null; what stands beside a reference wins. */
export function resolve(schema: Schema, root: Schema): Schema {
  const { $ref, ...beside } = schema;
  let found = beside as Schema;
  if ($ref !== undefined) {
    const name = $ref.replace('#/$defs/', '');
    found = { ...resolve(root.$defs?.[name] ?? {}, root), ...beside };
  }
  if (found.allOf?.length === 1 && found.allOf[0] !== undefined) {
    const { allOf, ...rest } = found;
    found = { ...resolve(allOf[0] as Schema, root), ...rest };
  }
  const options = (found.anyOf ?? found.oneOf)?.filter(({ type }) => type !== 'null');
  if (options?.length === 1 && options[0] !== undefined) {
    const { anyOf: _any, oneOf: _one, ...rest } = found;
    found = { ...resolve(options[0], root), ...rest };
  }
  return found;
}

export function fieldOf(given: Schema, root: Schema): Field {
  const schema = resolve(given, root);
  const editor = schema['x-tutti-editor'];
  if (editor !== undefined) return { kind: 'editor', editor };
  return plainFieldOf(schema, root);
}

/** As what a value is drawn whose editor is not known. */
export function plainFieldOf(given: Schema, root: Schema): Field {
  const schema = resolve(given, root);
  if (schema.enum !== undefined) {
    const values = schema.enum.filter((value) => value !== null);
    return { kind: 'choice', choices: values.map((value) => ({ value: value as string })) };
  }
  const options = (schema.oneOf ?? schema.anyOf)?.filter(({ type }) => type !== 'null');
  if (options !== undefined && options.length > 0) return choiceOrVariants(options, root);
  return plainField(schema);
}

function choiceOrVariants(options: Schema[], root: Schema): Field {
  const resolved = options.flatMap((option) => expand(option, root));
  const choices = resolved.flatMap((option): Choice[] => {
    const { description } = option;
    if (option.const !== undefined) return [{ value: option.const as string, description }];
    return option.enum?.map((value) => ({ value: value as string, description })) ?? [];
  });
  if (resolved.every((option) => option.const !== undefined || option.enum !== undefined)) {
    return { kind: 'choice', choices };
  }
  return {
    kind: 'variants',
    variants: resolved.map((schema, index) => ({
      title: titleOf(schema, index),
      description: schema.description,
      schema,
    })),
  };
}

/** An option, or the options that it is made of. */
function expand(option: Schema, root: Schema): Schema[] {
  const schema = resolve(option, root);
  const inner = (schema.oneOf ?? schema.anyOf)?.filter(({ type }) => type !== 'null') ?? [];
  return inner.length === 0 ? [schema] : inner.flatMap((each) => expand(each, root));
}

function titleOf(schema: Schema, index: number): string {
  if (schema.title !== undefined) return schema.title;
  if (schema.const !== undefined) return String(schema.const);
  const names = Object.entries(schema.properties ?? {});
  const tag = names.find(([, part]) => part.const !== undefined)?.[1].const;
  if (tag !== undefined) return String(tag);
  const [first] = schema.required ?? names.map(([name]) => name);
  return first ?? typesOf(schema)[0] ?? String(index + 1);
}

function typesOf({ type }: Schema): string[] {
  return (Array.isArray(type) ? type : [type ?? '']).filter(
    (each) => each !== 'null' && each !== '',
  );
}

function plainField(schema: Schema): Field {
  const types = typesOf(schema);
  switch (types.length === 1 ? types[0] : undefined) {
    case 'string':
      return { kind: 'text' };
    case 'integer':
    case 'number':
      return {
        kind: 'number',
        whole: types[0] === 'integer',
        min: schema.minimum,
        max: schema.maximum,
      };
    case 'boolean':
      return { kind: 'switch' };
    case 'array':
      return { kind: 'list', items: typeof schema.items === 'object' ? schema.items : {} };
    case 'object':
      if (schema.properties !== undefined) return { kind: 'object', schema };
      return {
        kind: 'map',
        keys: schema.propertyNames ?? { type: 'string' },
        values: typeof schema.additionalProperties === 'object' ? schema.additionalProperties : {},
      };
    default:
      return { kind: 'any' };
  }
}

/** Which of several variants a value is of: the one that leaves the least unexplained. */
export function variantOf(value: unknown, variants: Variant[], root: Schema): number {
  const marks = variants.map(({ schema }) => misfit(value, schema, root));
  const best = Math.min(...marks);
  return best === Infinity ? 0 : marks.indexOf(best);
}

function misfit(value: unknown, given: Schema, root: Schema): number {
  const schema = resolve(given, root);
  if (schema.const !== undefined) return value === schema.const ? 0 : Infinity;
  if (schema.enum !== undefined) return schema.enum.includes(value) ? 0 : Infinity;
  const types = typesOf(schema);
  if (types.length > 0 && !types.some((type) => isOf(value, type))) return Infinity;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 0;
  const properties = schema.properties ?? {};
  const missing = (schema.required ?? []).filter((name) => !(name in value)).length;
  const unknown = Object.keys(value).filter((name) => !(name in properties)).length;
  const wrong = Object.entries(value).some(([name, part]) => {
    const expected = properties[name];
    const fixed = expected === undefined ? undefined : resolve(expected, root).const;
    return fixed !== undefined && fixed !== part;
  });
  return wrong ? Infinity : missing + unknown;
}

function isOf(value: unknown, type: string): boolean {
  if (type === 'array') return Array.isArray(value);
  if (type === 'object')
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  if (type === 'integer' || type === 'number') return typeof value === 'number';
  return typeof value === type;
}

/** The smallest value that a schema allows, to begin with. */
export function emptyValue(given: Schema, root: Schema): unknown {
  const schema = resolve(given, root);
  if (schema.default !== undefined && schema.default !== null) return schema.default;
  if (schema.const !== undefined) return schema.const;
  if (schema['x-tutti-editor'] === 'rule') return { combinator: 'and', rules: [] };
  const field = plainFieldOf(schema, root);
  switch (field.kind) {
    case 'choice':
      return field.choices[0]?.value;
    case 'text':
      return '';
    case 'number':
      return field.min ?? 0;
    case 'switch':
      return false;
    case 'list':
      return [];
    case 'map':
      return {};
    case 'object':
      return Object.fromEntries(
        (field.schema.required ?? []).map((name) => [
          name,
          emptyValue(field.schema.properties?.[name] ?? {}, root),
        ]),
      );
    case 'variants':
      return field.variants[0] === undefined
        ? undefined
        : emptyValue(field.variants[0].schema, root);
    case 'editor':
    case 'any':
      return undefined;
  }
}

/** A value as an object, whatever it was. */
export function asObject(value: unknown): Record<string, unknown> {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? (value as Record<string, unknown>) : {};
}

/** Without the fields that say nothing. */
export function withField(
  object: Record<string, unknown>,
  name: string,
  value: unknown,
): Record<string, unknown> {
  const { [name]: _former, ...rest } = object;
  return value === undefined
    ? rest
    : name in object
      ? { ...object, [name]: value }
      : { ...rest, [name]: value };
}

/** The schema of what is inside of another one at a path, whose entries of lists are numbers. */
export function schemaAt(schema: Schema, path: string[], root: Schema): Schema {
  return path.reduce<Schema>((outer, name) => {
    const { properties, items, anyOf = [] } = resolve(outer, root);
    if (/^\d+$/.test(name)) return typeof items === 'object' ? items : {};
    const found = properties?.[name];
    if (found !== undefined) return found;
    const inside = anyOf.map((option) => resolve(option, root).properties?.[name]);
    return inside.find((part) => part !== undefined) ?? {};
  }, schema);
}
