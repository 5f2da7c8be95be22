/** The sample shop's campaigns, tables and activity kinds, as the server would answer them. */

const where = (...rules) => ({ combinator: 'and', rules });

const html = (title, offer) => `<!doctype html>
<html><body style="margin:0;background:#f3efe8;font-family:Georgia,serif;color:#2b2622">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0"><tr><td align="center" style="padding:28px 12px">
<table role="presentation" width="560" cellpadding="0" cellspacing="0" style="max-width:560px;width:100%;background:#ffffff;border-radius:6px">
<tr><td style="padding:26px 34px;background:#23413a;color:#f6f1e7;font-size:19px;letter-spacing:2px">TUTTI SHOP</td></tr>
<tr><td style="padding:34px"><h1 style="font-size:27px;margin:0 0 14px">${title}</h1>
<p style="font-size:16px;line-height:1.6;margin:0 0 18px">Hello {{ first_name | default('there') }}, your last order from {{ last_purchase }} is a while ago. ${offer}</p>
<p style="margin:26px 0"><a href="https://shop.example/back" style="background:#b4532a;color:#ffffff;padding:13px 24px;border-radius:4px;text-decoration:none;font-size:15px">See what is new</a></p>
<p style="font-size:13px;color:#6a625a;border-top:1px solid #e8e1d6;padding-top:16px">You get this because you shop with us. <a href="{{ unsubscribe_url }}" style="color:#6a625a">Unsubscribe</a></p>
</td></tr></table></td></tr></table></body></html>`;

const winback = {
  kind: 'campaign',
  name: 'winback',
  label: 'Win back lapsed customers',
  description: 'Customers without an order in six months hear from us once, by tier.',
  tags: ['retention', 'email'],
  time_zone: 'Europe/Paris',
  schedule: { type: 'weekly', on: ['monday', 'thursday'], at: '09:00', from: '2026-12-01' },
  variables: { minimum: '200' },
  canvas: {
    activities: [
      {
        id: 'lapsed',
        type: 'build-audience',
        label: 'Lapsed customers',
        dimension: 'customers',
        where: where(
          { field: 'email', operator: 'notEmpty' },
          { field: 'city', operator: 'in', value: ['Lyon', 'Nantes', 'Lille', 'Bordeaux'] },
          {
            combinator: 'or',
            rules: [
              {
                field: 'orders',
                aggregate: { function: 'sum', field: 'amount' },
                operator: '>',
                value: '{{minimum}}',
              },
              { field: 'tier', operator: '=', value: 'gold' },
            ],
          },
        ),
      },
      {
        id: 'buyers',
        type: 'build-audience',
        label: 'Recent buyers',
        dimension: 'customers',
        where: where({
          field: 'orders',
          match: { mode: 'some' },
          value: where(
            { field: 'ordered_at', operator: '>=', value: 'now-180d' },
            { field: 'status', operator: '!=', value: 'cancelled' },
          ),
        }),
      },
      {
        id: 'target',
        type: 'combine',
        label: 'Lapsed, not recent',
        operation: 'exclusion',
        primary: 'lapsed',
        complement: true,
      },
      {
        id: 'facts',
        type: 'enrichment',
        label: 'Add last purchase',
        columns: [
          { name: 'first_name', expression: 'first_name' },
          { name: 'last_purchase', expression: 'max(orders.ordered_at)' },
        ],
      },
      {
        id: 'unique',
        type: 'deduplication',
        label: 'One per e-mail',
        by: ['email'],
        keep: 1,
        method: { expression: 'last_purchase', order: 'descending' },
        complement: true,
      },
      {
        id: 'ab',
        type: 'split',
        label: 'Gold, then A/B',
        subsets: [
          { id: 'gold', where: where({ field: 'tier', operator: '=', value: 'gold' }) },
          { id: 'a', limit: { percent: 50 } },
          { id: 'b' },
        ],
        complement: false,
      },
      {
        id: 'mail_gold',
        type: 'email',
        label: 'Gold: a personal note',
        channel: 'email_marketing',
        subject: "{{ first_name | default('Hello') }}, a table is set for you",
        html: html('We kept your place', 'As a gold customer you have free delivery until Sunday.'),
        send: 'auto',
      },
      {
        id: 'mail_a',
        type: 'email',
        label: 'A: we miss you',
        channel: 'email_marketing',
        subject: "We miss you, {{ first_name | default('there') }}",
        html: html('We miss you', 'Ten per cent is waiting in your basket.'),
        send: 'auto',
      },
      {
        id: 'mail_b',
        type: 'email',
        label: 'B: new this season',
        channel: 'email_marketing',
        subject: 'New this season, picked for you',
        html: html('New this season', 'Here are six things that people like you bought.'),
        send: 'auto',
      },
      { id: 'pause', type: 'wait', label: 'Three days', for: '3d' },
      {
        id: 'remember',
        type: 'save-audience',
        label: 'Remember who we wrote to',
        audience: 'winback_contacted',
        mode: 'append',
      },
      { id: 'done', type: 'end', label: 'End' },
    ],
    transitions: [
      { from: 'lapsed', to: 'target' },
      { from: 'buyers', to: 'target' },
      { from: 'target', to: 'facts' },
      { from: 'facts', to: 'unique' },
      { from: 'unique', to: 'ab' },
      { from: 'ab.gold', to: 'mail_gold' },
      { from: 'ab.a', to: 'mail_a' },
      { from: 'ab.b', to: 'mail_b' },
      { from: 'mail_gold', to: 'pause' },
      { from: 'pause', to: 'remember' },
      { from: 'mail_a', to: 'remember' },
      { from: 'mail_b', to: 'remember' },
      { from: 'remember', to: 'done' },
    ],
  },
};

function simple(name, label, description, tags, rule, subject) {
  return {
    kind: 'campaign',
    name,
    label,
    description,
    tags,
    time_zone: 'Europe/Paris',
    canvas: {
      activities: [
        { id: 'who', type: 'build-audience', dimension: 'customers', where: where(rule) },
        {
          id: 'mail',
          type: 'email',
          channel: 'email_marketing',
          subject,
          html: html(label, ''),
          send: 'auto',
        },
        { id: 'done', type: 'end' },
      ],
      transitions: [
        { from: 'who', to: 'mail' },
        { from: 'mail', to: 'done' },
      ],
    },
  };
}

const newsletter = simple(
  'newsletter',
  'Monthly newsletter',
  'Everyone who opted in, on the first Friday.',
  ['email', 'monthly'],
  { field: 'email_opt_in', operator: '=', value: true },
  'What is new in {{ month }}',
);
const vip = simple(
  'vip_spring',
  'VIP spring preview',
  'A first look for the best hundred customers of each city.',
  ['vip'],
  { audience: 'vip', operator: 'in' },
  'A first look, for you',
);
const birthday = simple(
  'birthday',
  'Birthday voucher',
  'Daily at eight, for those whose birthday it is.',
  ['email', 'daily', 'voucher'],
  {
    expression: 'day_of_year(birth_date)',
    operator: '=',
    value: 'day_of_year(now())',
    valueSource: 'expression',
  },
  'Happy birthday, {{ first_name }}',
);

export const PORTS = {
  'build-audience': () => ['out'],
  combine: (a) => ['out', ...(a.complement ? ['complement'] : [])],
  enrichment: () => ['out'],
  deduplication: (a) => ['out', ...(a.complement ? ['complement'] : [])],
  split: (a) => [...a.subsets.map((s) => s.id), ...(a.complement ? ['complement'] : [])],
  email: () => ['out'],
  wait: () => ['out'],
  'save-audience': () => ['out'],
  end: () => [],
};

export const CAMPAIGNS = [
  { document: winback, version: 7, state: 'live', updated_at: '2026-11-20T14:02:11Z' },
  { document: newsletter, version: 12, state: 'live', updated_at: '2026-11-05T08:30:00Z' },
  { document: birthday, version: 3, state: 'live', updated_at: '2026-10-18T10:11:12Z' },
  { document: vip, version: 1, state: 'draft', updated_at: '2026-11-22T17:45:00Z' },
];

const schema = (properties) => ({ type: 'object', properties });
const where_ = { title: 'Rule', description: 'Which rows are in.' };
export const KINDS = [
  [
    'build-audience',
    'Build audience',
    'targeting',
    'Finds the rows of a dimension that match a rule.',
    { dimension: { title: 'Dimension', description: 'What one row stands for.' }, where: where_ },
  ],
  [
    'combine',
    'Combine',
    'targeting',
    'Joins, intersects or excludes whole populations.',
    {
      operation: { description: 'Union, intersection or exclusion.' },
      primary: { description: 'The population from which the others are taken away.' },
    },
  ],
  [
    'deduplication',
    'Deduplication',
    'targeting',
    'Keeps a number of rows for each key.',
    {
      by: { title: 'By', description: 'Rows equal in these fields are duplicates.' },
      keep: { title: 'Keep' },
    },
  ],
  [
    'split',
    'Split',
    'targeting',
    'Divides a population into subsets.',
    {
      subsets: {
        title: 'Subsets',
        description: 'Taken in this order; a row goes to the first that has it.',
      },
    },
  ],
  [
    'enrichment',
    'Enrichment',
    'targeting',
    'Adds columns from linked tables.',
    { columns: { title: 'Columns' } },
  ],
  [
    'save-audience',
    'Save audience',
    'targeting',
    'Keeps a population under a name for later campaigns.',
    {},
  ],
  ['wait', 'Wait', 'flow', 'Holds a population until a time.', {}],
  ['end', 'End', 'flow', 'Marks the end of a branch.', {}],
  [
    'email',
    'Email',
    'channel',
    'Sends one e-mail to each row that may get it.',
    {
      channel: { title: 'Channel', description: 'How it is sent.' },
      subject: { title: 'Subject' },
      send: { title: 'Sending', description: 'Whether somebody has to confirm first.' },
    },
  ],
].map(([kind, label, category, summary, properties]) => ({
  kind,
  label,
  category,
  summary,
  settings_schema: schema(properties),
}));

const column = (name, type, extra = {}) => ({ name, type, label: null, required: false, ...extra });
export const TABLES = [
  {
    name: 'customers',
    label: 'Customers',
    columns: [
      column('customer_id', 'string', { required: true }),
      column('email', 'string', { label: 'E-mail' }),
      column('first_name', 'string'),
      column('last_name', 'string'),
      column('city', 'string'),
      column('tier', 'string', { values: ['gold', 'silver', 'none'] }),
      column('birth_date', 'date'),
      column('email_opt_in', 'boolean'),
      column('updated_at', 'timestamp'),
    ],
    primary_key: ['customer_id'],
    links: [{ name: 'orders', to: 'orders', cardinality: 'one-to-many' }],
    rows: 120_000,
    version: 14,
  },
  {
    name: 'orders',
    label: 'Orders',
    columns: [
      column('order_id', 'string', { required: true }),
      column('customer_id', 'string', { required: true }),
      column('ordered_at', 'timestamp'),
      column('status', 'string'),
      column('amount', 'decimal(12,2)'),
    ],
    primary_key: ['order_id'],
    links: [
      { name: 'customer', to: 'customers', cardinality: 'many-to-one' },
      { name: 'items', to: 'order_items', cardinality: 'one-to-many' },
    ],
    rows: 934_210,
    version: 88,
  },
  {
    name: 'order_items',
    label: 'Order items',
    columns: [
      column('order_id', 'string', { required: true }),
      column('line', 'integer', { required: true }),
      column('product_id', 'string'),
      column('quantity', 'integer'),
      column('price', 'decimal(12,2)'),
    ],
    primary_key: ['order_id', 'line'],
    links: [{ name: 'product', to: 'products', cardinality: 'many-to-one' }],
    rows: 2_410_988,
    version: 88,
  },
  {
    name: 'products',
    label: 'Products',
    columns: [
      column('product_id', 'string', { required: true }),
      column('title', 'string'),
      column('category', 'string'),
      column('price', 'decimal(12,2)'),
    ],
    primary_key: ['product_id'],
    links: [],
    rows: 3_204,
    version: 5,
  },
];
