/** Draws the settings of activities for tests, without a server. */
import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import type {
  ActivityDocument,
  ActivityKind,
  CampaignDocument,
  JsonSchema,
  TableListed,
} from '@/api/types';
import { ActivityForm } from '@/features/campaign/ActivityForm';
import { SettingsView } from '@/features/campaign/SettingsView';
import type { Editor } from '@/features/campaign/useEditor';

interface Described {
  kinds: ActivityKind[];
  common: JsonSchema;
}
const files = import.meta.glob<Described>('../../../../../docs/activity-kinds.json', {
  eager: true,
  import: 'default',
});
/** What the program says of its kinds, as `make gen` wrote it down. */
export const described = Object.values(files)[0] as Described;

export function kindNamed(name: string): ActivityKind {
  const kind = described.kinds.find((each) => each.kind === name);
  if (kind === undefined) throw new Error(`no kind ${name}`);
  return kind;
}

function table(name: string, label: string, columns: string[], links: TableListed['links'] = []) {
  const column = (each: string) => {
    const [own = each, type = 'string'] = each.split(':');
    return { name: own, type, label: own === 'email' ? 'E-mail' : null };
  };
  return { name, label, columns: columns.map(column), primary_key: [], links, rows: 1, version: 1 };
}

export const tables: TableListed[] = [
  table(
    'customers',
    'Customers',
    ['customer_id', 'email', 'points:integer', 'tier', 'last_order_at:timestamp'],
    [
      { name: 'orders', to: 'orders', cardinality: 'one-to-many' },
      { name: 'address', to: 'addresses', cardinality: 'many-to-one' },
    ],
  ),
  table('addresses', 'Addresses', ['address_id', 'city']),
  table(
    'orders',
    'Orders',
    ['order_id', 'amount:decimal(12,2)', 'order_date:date'],
    [{ name: 'customer', to: 'customers', cardinality: 'many-to-one' }],
  ),
];
const dimensions = [
  { kind: 'dimension', name: 'customers', label: 'Customers', table: 'customers' },
  { kind: 'dimension', name: 'orders', label: 'Orders', table: 'orders' },
];
const audiences = [
  {
    name: 'vip',
    label: 'Very important',
    dimension: 'customers',
    columns: [{ name: 'since', type: 'date' }],
    rows: 1,
    version: 1,
  },
];

/** A campaign in which the activity stands behind an audience and a file. */
function campaignWith(activity: ActivityDocument): CampaignDocument {
  return {
    kind: 'campaign',
    name: 'c',
    variables: { minimum: 200 },
    canvas: {
      activities: [
        { id: 'all', type: 'build-audience', label: 'Everyone', dimension: 'customers' },
        { id: 'people', type: 'load-file', label: 'People' },
        activity,
      ],
      transitions: [
        { from: 'all', to: activity.id },
        { from: 'people', to: activity.id },
      ],
    },
  };
}

export const shapes = {
  all: { out: { dimension: 'customers', added: [{ name: 'score', type: 'number' }] } },
  people: { out: { dimension: '', added: [{ name: 'mail', type: 'string' }] } },
};

function editorOf(document: CampaignDocument, from: (typeof shapes)[keyof typeof shapes]): Editor {
  const check = { errors: [], warnings: [], ports: {}, shapes: { ...shapes, all: from } };
  return {
    document,
    check,
    checked: document,
    reply: { revision: 1, check },
    ports: { all: ['out'], people: ['out', 'rejects'] },
    change: () => undefined,
  } as unknown as Editor;
}

function clientWithData(): QueryClient {
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } });
  client.setQueryData(['activity-kinds'], described.kinds);
  client.setQueryData(['tables'], tables);
  client.setQueryData(['audiences'], audiences);
  client.setQueryData(['files'], []);
  client.setQueryData(['functions'], []);
  client.setQueryData(['campaigns', 'c'], { document: campaignWith({ id: 'it', type: 'fork' }) });
  const heads = dimensions.map(({ name, label }) => ({ name, label, version: 1 }));
  client.setQueryData(['documents', 'dimension'], heads);
  for (const each of dimensions) {
    client.setQueryData(['documents', 'dimension', each.name, 1], each);
  }
  return client;
}

interface Standing {
  /** What arrives by the first transition; rows of customers unless said. */
  arrives?: (typeof shapes)[keyof typeof shapes];
}

/** The form of an activity with these settings, as HTML. */
export function drawn(
  type: string,
  settings: Record<string, unknown>,
  { arrives = shapes.all }: Standing = {},
): string {
  const activity = { ...settings, id: 'it', type };
  const editor = editorOf(campaignWith(activity), arrives);
  return markup(
    <ActivityForm
      editor={editor}
      activity={activity}
      kind={kindNamed(type)}
      errorAt={() => undefined}
    />,
  );
}

/** The settings of an activity as one reads them, as HTML. */
export function read(type: string, settings: Record<string, unknown>): string {
  const activity = { ...settings, id: 'it', type };
  const schema = kindNamed(type).settings_schema;
  return markup(<SettingsView campaign="c" activity={activity} schema={schema} />);
}

function markup(element: ReactNode): string {
  return renderToStaticMarkup(
    <MantineProvider>
      <QueryClientProvider client={clientWithData()}>{element}</QueryClientProvider>
    </MantineProvider>,
  );
}

/** What the boxes of a form hold, chosen labels among them. */
export function values(html: string): string[] {
  const inputs = [...html.matchAll(/<input[^>]*\svalue="([^"]+)"/g)].map(([, value = '']) => value);
  const texts = [...html.matchAll(/<textarea[^>]*>([^<]+)</g)].map(([, value = '']) => value);
  return [...inputs, ...texts].map(unescape);
}

export function words(html: string): string {
  return unescape(
    html.replaceAll(/<(style|script)[^>]*>.*?<\/\1>/gs, '').replaceAll(/<[^>]+>/g, ' '),
  );
}

function unescape(text: string): string {
  return text
    .replaceAll('&gt;', '>')
    .replaceAll('&lt;', '<')
    .replaceAll('&#x27;', "'")
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&');
}
