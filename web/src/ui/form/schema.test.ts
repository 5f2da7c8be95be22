import { describe, expect, it } from 'vitest';
import { emptyValue, fieldOf, resolve, variantOf, withField, type Schema } from '@/ui/form/schema';

const root: Schema = {
  $defs: {
    When: { oneOf: [{ const: 'stop', description: 'ends' }, { const: 'continue' }] },
    Order: { type: 'string', enum: ['up', 'down'] },
    Written: {
      type: 'object',
      properties: { expression: { type: ['string', 'null'] }, order: { $ref: '#/$defs/Order' } },
    },
    Method: { anyOf: [{ const: 'random', type: 'string' }, { $ref: '#/$defs/Written' }] },
    Rule: { type: 'object', 'x-tutti-editor': 'rule' },
  },
};

describe('fields', () => {
  it.each([
    [{ type: 'string' }, 'text'],
    [{ type: ['string', 'null'] }, 'text'],
    [{ type: 'integer', minimum: 1 }, 'number'],
    [{ type: 'boolean' }, 'switch'],
    [{ type: 'array', items: { type: 'string' } }, 'list'],
    [{ type: 'object', properties: { a: {} } }, 'object'],
    [{ type: 'object', additionalProperties: { type: 'string' } }, 'map'],
    [{ $ref: '#/$defs/When', default: 'stop' }, 'choice'],
    [{ anyOf: [{ $ref: '#/$defs/Order' }, { type: 'null' }] }, 'choice'],
    [{ $ref: '#/$defs/Method' }, 'variants'],
    [{ anyOf: [{ $ref: '#/$defs/Rule' }, { type: 'null' }] }, 'editor'],
    [{}, 'any'],
    [{ type: ['string', 'integer'] }, 'any'],
  ])('%j is a %s', (schema, kind) => {
    expect(fieldOf(schema as Schema, root).kind).toBe(kind);
  });

  it('keeps what stands beside a reference', () => {
    expect(resolve({ $ref: '#/$defs/Order', description: 'mine' }, root)).toMatchObject({
      description: 'mine',
      enum: ['up', 'down'],
    });
  });

  it('takes options apart that are made of options', () => {
    const many = { type: 'array', items: { $ref: '#/$defs/Method' } };
    const field = fieldOf({ anyOf: [{ $ref: '#/$defs/Method' }, many, { type: 'null' }] }, root);
    const titles = field.kind === 'variants' ? field.variants.map(({ title }) => title) : [];
    expect(titles).toEqual(['random', 'expression', 'array']);
  });

  it.each([
    ['random', 0],
    [{ expression: 'a' }, 1],
    [undefined, 0],
  ])('%j is of variant %s', (value, index) => {
    const field = fieldOf({ $ref: '#/$defs/Method' }, root);
    expect(field.kind === 'variants' ? variantOf(value, field.variants, root) : -1).toBe(index);
  });

  it.each([
    [{ $ref: '#/$defs/When', default: 'stop' }, 'stop'],
    [{ type: 'object', properties: { a: { type: 'string' }, b: {} }, required: ['a'] }, { a: '' }],
    [{ type: 'array' }, []],
    [{ $ref: '#/$defs/Rule' }, { combinator: 'and', rules: [] }],
    [{ type: 'integer', minimum: 2 }, 2],
  ])('begins %j with %j', (schema, value) => {
    expect(emptyValue(schema as Schema, root)).toEqual(value);
  });

  it('sets and takes away in place', () => {
    expect(Object.keys(withField({ a: 1, b: 2 }, 'a', 3))).toEqual(['a', 'b']);
    expect(withField({ a: 1, b: 2 }, 'a', undefined)).toEqual({ b: 2 });
  });
});
