import { describe, expect, it } from 'vitest';
import { described, drawn, shapes, values, words } from '@/features/campaign/form/testing';

type Case = [settings: Record<string, unknown>, seen: string[]];

/** Each form that the schema allows, and what has to be seen of it. */
const CASES: Record<string, Case[]> = {
  enrichment: [
    [{}, ['Add a column']],
    [{ add: [{ name: 'mail', label: 'Mail', field: 'email' }] }, ['E-mail', 'Mail']],
    [{ add: [{ name: 'home', field: 'address.city' }] }, ['Address › City']],
    [{ add: [{ name: 'deep', field: 'a.b.c.d.e' }] }, ['a.b.c.d.e']],
    [{ add: [{ name: 'double', expression: 'points * 2' }] }, ['points * 2']],
    [
      {
        add: [
          {
            name: 'last',
            link: 'orders',
            collect: {
              count: 3,
              sort: [
                { by: 'order_date', order: 'descending' },
                { by: { expression: 'amount + 1' } },
              ],
              where: { field: 'amount', operator: '>', value: 5 },
              fields: [
                'amount',
                { name: 'day', field: 'order_date' },
                { name: 'twice', field: { expression: 'amount * 2' }, label: 'Double' },
              ],
            },
            where: { combinator: 'and', rules: [] },
          },
        ],
      },
      [
        'Order date',
        'Highest first',
        'amount + 1',
        'Amount',
        'day',
        'twice',
        'amount * 2',
        'Double',
        'last_1_day',
      ],
    ],
    [
      { add: [{ name: 'spent', link: 'orders', aggregate: { function: 'sum', field: 'amount' } }] },
      ['Orders', 'sum of', 'Amount'],
    ],
    [
      { add: [{ name: 'mean', link: 'orders', aggregate: { expression: 'sum(amount)' } }] },
      ['sum(amount)'],
    ],
    [
      {
        primary: 'all',
        links: [
          {
            name: 'loaded',
            to: { transition: 'people' },
            on: { 'lower(email)': 'mail' },
            cardinality: 'many',
            sort: { by: 'mail' },
            on_multiple: 'error',
            add_key: true,
          },
          { name: 'home', to: { table: 'addresses' }, on: { tier: 'address_id' } },
        ],
        add: [
          { name: 'mails', link: 'loaded', aggregate: { function: 'count' } },
          { name: 'town', field: 'home.city' },
        ],
      },
      ['Everyone', 'People', 'Addresses', 'lower(email)', 'Mail', 'Loaded', 'Home › City'],
    ],
  ],
  split: [
    [
      {
        subsets: [
          { id: 'a' },
          { id: 'b', label: 'Bee', segment_code: 'B1', skip_when_empty: true },
        ],
      },
      ['Bee', 'B1'],
    ],
    [
      { subsets: [{ id: 'a', limit: { percent: 50, of: 'matching' } }] },
      ['50', 'Those that match', 'At random'],
    ],
    [{ subsets: [{ id: 'a', limit: { number: 500, sort: { by: 'points' } } }] }, ['500', 'Points']],
    [
      {
        subsets: [
          {
            id: 'a',
            limit: { number: 5, sort: { field: 'points', order: 'descending' }, ties: 'random' },
          },
        ],
      },
      ['Points', 'Highest first', 'At random'],
    ],
    [
      {
        subsets: [
          {
            id: 'a',
            limit: {
              percent: 5,
              sort: [{ by: 'tier' }, { by: { expression: 'points * 2' }, order: 'descending' }],
            },
          },
        ],
      },
      ['Tier', 'points * 2', 'Highest first'],
    ],
    [
      { subsets: [{ id: 'a', limit: { number: 10, per: 'tier', values: { gold: 20, true: 3 } } }] },
      ['Tier', 'gold', '20', 'true', '3'],
    ],
    [
      { subsets: [{ id: 'a', limit: { number: 10, per: { expression: 'lower(tier)' } } }] },
      ['lower(tier)'],
    ],
    [
      { subsets: [{ id: 'a' }], seed: 7, overlap: true, complement: true, merged_output: true },
      ['7'],
    ],
    [{ subsets: [{ id: 'a' }], seed: 'fixed' }, ['The same each time']],
  ],
  wait: [
    [{}, ['For a while']],
    [{ duration: '3d' }, ['3', 'Days']],
    [{ duration: '90s' }, ['90', 'Seconds']],
    [{ duration: '1d12h' }, ['1d12h']],
    [{ until: '2026-12-01T09:00' }, ['Dec 1, 2026']],
    [{ until: '$starts_at' }, ['$starts_at']],
    [{ until: '2d' }, ['2', 'Days']],
    [{ until: { at: '10:00' } }, ['10:00']],
    [{ until: { weekday: 'friday', at: '10:00' } }, ['Friday', '10:00']],
    [{ until: { weekday: ['monday', 'thursday'], at: '10:00' } }, ['Monday', 'Thursday']],
  ],
  test: [
    [{ conditions: [] }, ['Condition']],
    [
      { conditions: [{ id: 'many', label: 'Many', operator: '>', value: 10 }], default: true },
      ['Many', 'How many rows arrive', '10'],
    ],
    [
      { conditions: [{ id: 'a', count: 'people.rejects', operator: 'between', value: [1, 5] }] },
      ['People · rejects', '1', '5'],
    ],
    [{ conditions: [{ id: 'a', count: 'gone', operator: '=', value: 0 }] }, ['gone']],
    [
      { conditions: [{ id: 'a', variable: 'minimum', operator: '>=', value: 3 }] },
      ['Minimum', '3'],
    ],
    [
      { conditions: [{ id: 'a', variable: 'minimum', operator: 'null' }] },
      ['Minimum', 'is not known'],
    ],
    [
      { conditions: [{ id: 'a', variable: 'city', operator: 'in', value: ['Lyon', 'Paris'] }] },
      ['city', 'Lyon'],
    ],
    [{ conditions: [{ id: 'a', expression: '$rows > 2' }] }, ['$rows > 2', 'is true']],
    [{ conditions: [{ id: 'a', expression: '$rows', operator: '<', value: 9 }] }, ['$rows', '9']],
  ],
  deduplication: [
    [
      { by: ['email', 'address.city', { expression: 'lower(tier)' }], keep: 2 },
      ['E-mail', 'Address › City', 'lower(tier)', '2'],
    ],
    [{ by: [], method: 'random' }, ['At random']],
    [
      { by: [], method: { expression: 'points', order: 'descending' } },
      ['Points', 'The highest stays'],
    ],
    [{ by: [], method: { expression: 'points * 2' } }, ['points * 2', 'The lowest stays']],
    [{ by: [], method: { non_empty: 'tier' } }, ['Where a field is filled', 'Tier']],
    [{ by: [], method: { non_empty: { expression: 'nullif(tier, 1)' } } }, ['nullif(tier, 1)']],
    [
      { by: [], method: { values: { field: 'tier', list: ['gold', 'silver'] } } },
      ['By wanted values', 'Tier', 'gold', 'silver'],
    ],
    [
      { by: [], method: ['random', { expression: 'points' }, { non_empty: 'tier' }] },
      ['At random', 'Points', 'Tier'],
    ],
    [
      {
        by: ['email'],
        merge: [
          { name: 'best', field: 'points', take: 'highest' },
          { name: 'x', field: { expression: 'tier' } },
        ],
      },
      ['best', 'Points', 'The highest'],
    ],
  ],
  combine: [
    [{ operation: 'union' }, ['Everyone', 'People']],
    [{ operation: 'exclusion', primary: 'all', complement: true }, ['Everyone']],
    [
      {
        operation: 'intersection',
        by: ['email', { expression: 'lower(tier)' }],
        case_sensitive: true,
      },
      ['E-mail', 'lower(tier)'],
    ],
    [
      { operation: 'union', limit: { number: 9, priority: ['people'], sort: [{ by: 'points' }] } },
      ['9', 'People', 'Points'],
    ],
    [
      {
        operation: 'exclusion',
        primary: 'all',
        rules: [{ set: 'people', on: { email: 'mail', 'lower(tier)': 'mail' } }],
      },
      ['People', 'E-mail', 'Mail', 'lower(tier)'],
    ],
    [
      {
        operation: 'intersection',
        primary: 'all',
        columns: 'common',
        rules: [{ set: 'people', link: 'orders' }],
      },
      ['Over a link', 'Orders'],
    ],
  ],
  reconciliation: [
    [
      { dimension: 'customers', on: { score: 'email', 'lower(tier)': 'upper(email)' } },
      ['Score', 'E-mail', 'lower(tier)', 'upper(email)'],
    ],
    [
      {
        dimension: 'customers',
        rule: {
          combinator: 'and',
          rules: [{ field: 'email', operator: '=', valueSource: 'field', value: 'inbound.email' }],
        },
        where: { field: 'score', operator: '>', value: 1 },
        case_sensitive: true,
        sort: [{ by: 'points', order: 'descending' }],
        on_multiple: 'error',
        carry: ['score'],
        keep_unmatched: false,
      },
      ['Customers', 'Points', 'Score'],
    ],
    [{ dimension: 'customers', carry: [] }, ['These']],
  ],
  'update-data': [
    [{ table: 'customers' }, ['Customers']],
    [
      {
        table: 'customers',
        mode: 'update',
        set: {
          tier: 'address.city',
          points: { expression: 'points + 10', when: 'empty' },
          email: { value: 'now', when: 'given' },
          customer_id: { field: 'email', when: 'always' },
          last_order_at: { value: null },
          gone: { value: 3 },
        },
        where: { field: 'tier', operator: '=', value: 'gold' },
      },
      [
        'Tier',
        'Address › City',
        'Points',
        'points + 10',
        'Where it is empty',
        'now',
        'Nothing: it is emptied',
        'gone',
        '3',
      ],
    ],
  ],
  email: [
    [
      { channel: 'mail', subject: 'Hello {{ first_name }}', html: '<p>Hi</p>' },
      ['Hello {{ first_name }}', '<p>Hi</p>'],
    ],
    [
      { channel: 'mail', subject: 'Hi', preheader: 'There', mjml: '<mjml></mjml>', text: 'Plain' },
      ['Hi', 'There'],
    ],
    [{ channel: 'mail', content: 'winback', send: 'hold', sample: 5 }, ['mail', '5']],
  ],
};

describe.each(Object.entries(CASES))('the panel of %s', (type, cases) => {
  it.each(cases)('%j', (settings, seen) => {
    const html = drawn(type, settings);
    const shown = [...values(html), words(html)].join('\n');
    for (const part of seen) expect(shown).toContain(part);
    expect(html).not.toContain('data-any');
    // Behind a file, and where nothing is known of what arrives, the same settings are there.
    for (const arrives of [shapes.people, undefined as unknown as typeof shapes.people]) {
      expect(drawn(type, settings, { arrives })).toContain('<');
    }
  });
});

it('every kind with a panel of its own is here', () => {
  const kinds = new Set(described.kinds.map(({ kind }) => kind));
  expect(Object.keys(CASES).filter((type) => !kinds.has(type))).toEqual([]);
});
