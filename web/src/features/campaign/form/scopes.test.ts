import { describe, expect, it } from 'vitest';
import type { ActivityDocument, CampaignDocument, TableListed } from '@/api/types';
import {
  answersOf,
  earlierAt,
  fileNames,
  linkPaths,
  textNames,
  variablesAt,
} from '@/features/campaign/form/choices';
import { arrivalsAt, factsAt, scopeFor, type Known } from '@/features/campaign/form/scopes';
import { fieldChoices } from '@/rules/fields';
import { follow } from '@/rules/scope';

const table = (name: string, columns: string[], links: TableListed['links'] = []): TableListed => ({
  name,
  columns: columns.map((each) => ({ name: each, type: 'string' })),
  primary_key: [],
  links,
  rows: 1,
  version: 1,
});
const tables = [
  table(
    'customers',
    ['id', 'email'],
    [{ name: 'orders', to: 'orders', cardinality: 'one-to-many' }],
  ),
  table(
    'orders',
    ['order_id', 'total'],
    [{ name: 'customer', to: 'customers', cardinality: 'many-to-one' }],
  ),
];

/** An activity behind an enrichment of orders and a file, in a campaign with a variable. */
function standing(settings: Partial<ActivityDocument>): Known {
  const activity: ActivityDocument = { ...settings, id: 'it', type: settings.type ?? 'it' };
  const document: CampaignDocument = {
    kind: 'campaign',
    name: 'c',
    variables: { minimum: 3 },
    canvas: {
      activities: [
        { id: 'rich', type: 'enrichment', label: 'Rich' },
        { id: 'my-file', type: 'load-file' },
        { id: 'mail', type: 'email' },
        activity,
      ],
      transitions: [
        { from: 'rich', to: 'mail' },
        { from: 'mail', to: 'it' },
        { from: 'my-file.rejects', to: 'it' },
      ],
    },
  };
  return {
    document,
    activity,
    check: {
      shapes: {
        mail: { out: { dimension: 'orders', added: [{ name: 'score', type: 'number' }] } },
        'my-file': { rejects: { dimension: '', added: [{ name: 'reason', type: 'string' }] } },
      },
      ports: { rich: ['out'], mail: ['out'], 'my-file': ['out', 'rejects'], it: ['out'] },
    },
    kinds: [
      {
        kind: 'email',
        label: '',
        category: 'channel',
        summary: '',
        results: ['sent'],
        settings_schema: {},
      },
    ],
    tables,
    dimensions: [
      { kind: 'dimension', name: 'people', table: 'customers' },
      { kind: 'dimension', name: 'orders', table: 'orders' },
    ],
    filters: [],
    audiences: [{ name: 'vip', dimension: 'people', columns: [{ name: 'since', type: 'date' }] }],
    place: undefined,
  };
}

const paths = (known: Known, of?: string, beside: Record<string, unknown> = known.activity) =>
  fieldChoices(scopeFor(known, of === undefined ? undefined : { of, beside }), 0).map(
    ({ path }) => path,
  );

describe('whose fields', () => {
  it('of what arrives, whatever dimension an activity leads to', () => {
    const known = standing({ type: 'change-dimension', dimension: 'people' });
    expect(paths(known)).toEqual(['order_id', 'total', 'score']);
  });

  it('of the dimension alone, as long as the rule does not filter what arrives', () => {
    const known = standing({ type: 'build-audience', dimension: 'orders' });
    expect(paths(known, 'dimension')).toEqual(['order_id', 'total']);
    const within = standing({ type: 'build-audience', dimension: 'orders', within: true });
    expect(paths(within, 'dimension')).toEqual(['order_id', 'total', 'score']);
    expect(paths(standing({}), 'dimension')).toEqual([]);
  });

  it('of both rows that are matched, and of those that are looked for', () => {
    const known = standing({ type: 'reconciliation', dimension: 'people' });
    const both = scopeFor(known, { of: 'matched', beside: known.activity });
    expect(paths(known, 'matched')).toEqual(['id', 'email']);
    expect(both && follow(both, 'inbound.score')?.column?.name).toBe('score');
    expect(both && follow(both, 'inbound.total')?.scope.dimension).toBe('');
    expect(paths(known)).toContain('score');
  });

  it('of the primary set, of the one beside, and of the lines of a file', () => {
    const known = standing({ type: 'combine', primary: 'my-file.rejects' });
    expect(paths(known)).toEqual(['reason']);
    expect(paths(known, 'primary')).toEqual(['reason']);
    expect(paths(known, 'set', { set: 'mail' })).toEqual(['order_id', 'total', 'score']);
    expect(scopeFor(known, undefined)?.dimension).toBe('');
    expect(paths(standing({ primary: 'my-file' }))).toEqual(['reason']);
  });

  it('of an audience, and of the rows that its members become', () => {
    const known = standing({ type: 'read-audience', audience: 'vip' });
    expect(paths(known, 'members')).toEqual(['id', 'email', 'since']);
    expect(paths(known, 'dimension')).toEqual(['id', 'email']);
    const others = standing({ type: 'read-audience', audience: 'vip', dimension: 'orders' });
    expect(paths(others, 'found')).toEqual(['order_id', 'total', 'since']);
    expect(paths(others, 'members')).toEqual(['id', 'email', 'since']);
  });

  it('of tables, of linked rows, and behind links that the activity makes', () => {
    const known = standing({
      type: 'enrichment',
      links: [
        { name: 'buyer', to: { table: 'customers' }, on: {} },
        { name: 'lines', to: { transition: 'my-file.rejects' }, on: {}, cardinality: 'many' },
        'no link',
      ],
    });
    expect(paths(known, 'target', { to: { table: 'customers' } })).toEqual(['id', 'email']);
    expect(paths(known, 'target', { to: { transition: 'my-file.rejects' } })).toEqual(['reason']);
    expect(paths(known, 'linked', { link: 'buyer' })).toEqual(['id', 'email']);
    expect(paths(known, 'linked', { link: 'lines' })).toEqual(['reason']);
    expect(paths(known, 'linked', { link: 'customer.orders' })).toEqual(['order_id', 'total']);
    expect(paths(known, 'linked', {})).toEqual([]);
    const many = linkPaths(scopeFor(known, undefined), (_, toMany) => toMany).map(
      ({ value }) => value,
    );
    expect(many).toEqual(expect.arrayContaining(['customer.orders', 'buyer.orders', 'lines']));
    expect(many).not.toContain('customer');
    expect(paths(standing({ table: 'customers' }), 'table')).toEqual(['id', 'email']);
    expect(paths(known, 'run')).toEqual([]);
  });
});

describe('what else can be named', () => {
  const known = standing({ answers: [{ id: 'later', label: 'Later' }, { id: 'no' }] });

  it('what arrives, and what is earlier, by each port', () => {
    expect(arrivalsAt(known).map(({ from, label }) => [from, label])).toEqual([
      ['mail', 'Mail'],
      ['my-file.rejects', 'My file · rejects'],
    ]);
    expect(earlierAt(known).map(({ value }) => value)).toEqual([
      'rich',
      'my-file',
      'my-file.rejects',
      'mail',
    ]);
  });

  it('variables and what a run knows', () => {
    expect(factsAt(known).map(({ name }) => name)).toEqual([
      'rows',
      'run_id',
      'campaign_name',
      'rows_rich',
      'rows_my_file',
      'rows_my_file__rejects',
      'rows_mail',
      'result_mail_sent',
    ]);
    expect(variablesAt(known)[0]).toEqual({ value: 'minimum', label: 'Minimum' });
    const texts = textNames(known).map(({ path }) => path);
    expect(texts.slice(0, 4)).toEqual(['variables.minimum', 'rows', 'run', 'campaign']);
    expect(texts).toContain('variables.rows_rich');
    expect(fileNames(known).map(({ path }) => path)).toContain('date');
    expect(fileNames(known).map(({ path }) => path)).not.toContain('rows');
  });

  it('answers', () => {
    expect(answersOf(known.activity).map(({ value }) => value)).toEqual(['later', 'no', 'fail']);
    expect(answersOf({}).map(({ value }) => value)).toEqual(['approve', 'reject', 'fail']);
  });
});
