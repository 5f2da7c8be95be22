import type { Page } from '@playwright/test';
import type { ActivityDocument, Draft } from '../src/api/types';
import { create, document, kept, unique } from './editing';
import { expect, expectAccessible, test, type Server } from './support';

/** Puts an activity behind the audience of a new campaign, as a document would have it, and opens its settings. */
async function open(
  page: Page,
  server: Server,
  activity: ActivityDocument,
  ports: string[] = [],
): Promise<string> {
  const name = await create(page, unique('Settings'));
  // Away from the canvas, which would keep its own draft.
  await page.goto('/campaigns');
  const draft = await server.get<Draft>(`/campaigns/${name}/draft`);
  const { document: made, revision, base_version } = draft;
  const [audience, end] = made.canvas.activities;
  if (audience === undefined || end === undefined) throw new Error('no audience and no end');
  const out = ports.length === 0 ? [activity.id] : ports.map((port) => `${activity.id}.${port}`);
  const changed = {
    ...made,
    canvas: {
      activities: [audience, activity, end],
      transitions: [
        { from: audience.id, to: activity.id },
        ...out.map((from) => ({ from, to: end.id })),
      ],
    },
  };
  const written = await page.request.put(`/api/v1/campaigns/${name}/draft`, {
    data: { document: changed, revision, base_version },
  });
  expect(written.ok(), await written.text()).toBe(true);
  await page.goto(`/campaigns/${name}?edit=yes&activity=${activity.id}`);
  await expect(page.getByRole('heading', { name: 'Settings', exact: true })).toBeVisible();
  return name;
}

async function settingsOf(server: Server, name: string, id: string): Promise<ActivityDocument> {
  const { canvas } = await document(server, name);
  const found = canvas.activities.find((activity) => activity.id === id);
  if (found === undefined) throw new Error(`no activity ${id}`);
  return found;
}

test('all that a split can be told is there, and stays when another thing is changed', async ({
  page,
  server,
}) => {
  const limit = {
    percent: 40,
    of: 'matching',
    sort: [
      { by: 'loyalty_points', order: 'descending' },
      { by: { expression: 'years_old(birth_date)' } },
    ],
    per: 'city',
    values: { Lyon: 10 },
  };
  const subsets = [{ id: 'a', limit }, { id: 'b' }];
  const name = await open(page, server, { id: 'ab', type: 'split', subsets }, ['a', 'b']);
  const first = page.getByRole('group', { name: 'a', exact: true });
  await expect(first.getByRole('combobox', { name: 'Taken by: order 1' })).toHaveValue(
    'Loyalty points',
  );
  await expect(first.getByRole('combobox', { name: 'For each value of' })).toHaveValue('City');
  await expect(first.getByRole('textbox', { name: 'Value', exact: true })).toHaveValue('Lyon');
  await expectAccessible(page);
  await first.getByLabel('Taken by: direction 1').click();
  await page.getByRole('option', { name: 'Lowest first' }).click();
  await kept(page);
  await expect(async () => {
    const { subsets: now } = await settingsOf(server, name, 'ab');
    const [, second] = limit.sort;
    expect(now).toEqual([
      { id: 'a', limit: { ...limit, sort: [{ by: 'loyalty_points' }, second] } },
      { id: 'b' },
    ]);
  }).toPass();
});

test('collected rows with names of their own are drawn, and one more is found by its label', async ({
  page,
  server,
}) => {
  const fields = ['total', { name: 'state', field: { expression: 'upper(status)' } }];
  const collect = { count: 2, sort: { by: 'ordered_at', order: 'descending' }, fields };
  const add = [{ name: 'last', link: 'orders', collect }];
  const name = await open(page, server, { id: 'rich', type: 'enrichment', add });
  await expect(page.getByText(/last_1_total, last_1_state/)).toBeVisible();
  await expectAccessible(page);
  const more = page.getByRole('combobox', { name: 'Add to: Fields of each' });
  await more.fill('Sales channel');
  await more.press('Enter');
  await expect(async () => {
    const { add: now } = await settingsOf(server, name, 'rich');
    expect(now).toEqual([{ ...add[0], collect: { ...collect, fields: [...fields, 'channel'] } }]);
  }).toPass();
});

test('a condition gets another port, and what it leads to stays', async ({ page, server }) => {
  const conditions = [{ id: 'many', operator: '>', value: 1 }];
  const name = await open(page, server, { id: 'size', type: 'test', conditions }, ['many']);
  const port = page.getByRole('textbox', { name: 'Port', exact: true });
  await port.fill('lots');
  await port.press('Enter');
  await expect(async () => {
    const { canvas } = await document(server, name);
    expect(canvas.transitions?.map(({ from }) => from)).toContain('size.lots');
  }).toPass();
  await page.getByRole('combobox', { name: 'What is asked' }).click();
  await page.getByRole('option', { name: 'How many rows left before' }).click();
  const before = page.getByRole('combobox', { name: 'How many rows left before' });
  await before.fill('Everyone');
  await page.getByRole('option', { name: 'Everyone' }).click();
  await expectAccessible(page);
  await expect(async () => {
    const [condition] = (await settingsOf(server, name, 'size')).conditions as { count?: string }[];
    expect(condition?.count).not.toBe('');
  }).toPass();
});

test('a table is written column by column, without a line of code', async ({ page, server }) => {
  const activity = { id: 'mark', type: 'update-data', table: 'customers', mode: 'update' };
  const name = await open(page, server, activity);
  await page.getByRole('button', { name: 'A column', exact: true }).click();
  const column = page.getByRole('combobox', { name: 'Column 1' });
  await column.fill('Loyalty tier');
  await column.press('Enter');
  await page.getByRole('combobox', { name: 'Where Loyalty tier comes from' }).click();
  await page.getByRole('option', { name: 'A value' }).click();
  await page.getByRole('combobox', { name: 'Value of Loyalty tier' }).click();
  await page.getByRole('option', { name: 'gold' }).click();
  await page.getByRole('combobox', { name: 'When Loyalty tier is set' }).click();
  await page.getByRole('option', { name: 'Where it is empty' }).click();
  await expectAccessible(page);
  await expect(async () => {
    const { set } = await settingsOf(server, name, 'mark');
    expect(set).toEqual({ tier: { value: 'gold', when: 'empty' } });
  }).toPass();
});

test('lines of a file are uploaded, split by a rule and matched with customers', async ({
  page,
  server,
}) => {
  const name = await open(page, server, {
    id: 'people',
    type: 'load-file',
    path: '',
    columns: [{ name: 'email' }, { name: 'spent', type: 'integer' }],
  });
  const file = `people_${Date.now().toString(36)}.csv`;
  await page.locator('input[type=file]').setInputFiles({
    name: file,
    mimeType: 'text/csv',
    buffer: Buffer.from('email,spent\nanna@shop.example,12\n'),
  });
  await expect(page.getByRole('combobox', { name: 'File', exact: true })).toHaveValue(file);
  await kept(page);
  const palette = page.getByRole('complementary', { name: 'Palette of activities' });
  await palette.getByRole('button', { name: 'Split', exact: true }).click();
  await expect(page.locator('[data-activity="split"]')).toBeVisible();
  await kept(page);
  await page.getByRole('button', { name: 'Edit the rule' }).first().click();
  const dialog = page.getByRole('dialog', { name: 'Only rows that match' });
  await dialog.getByRole('button', { name: 'Condition', exact: true }).click();
  await page.getByPlaceholder('Search fields, links, filters').fill('spent');
  await page.keyboard.press('Enter');
  await dialog.getByLabel('Value').fill('10');
  await page.keyboard.press('Escape');
  await expect(async () => {
    const { subsets } = await settingsOf(server, name, 'split');
    expect(JSON.stringify(subsets)).toContain('"field":"spent"');
  }).toPass();

  await palette.getByRole('button', { name: 'Reconciliation', exact: true }).click();
  await expect(page.locator('[data-activity="reconciliation"]')).toBeVisible();
  await kept(page);
  const dimension = page.getByRole('combobox', { name: 'Dimension' });
  await dimension.fill('Customers');
  await page.getByRole('option', { name: 'Customers' }).first().click();
  await page.getByRole('button', { name: 'Match by E-mail' }).click();
  await expect(page.getByRole('group', { name: 'Matched by' }).getByRole('combobox')).toHaveCount(
    2,
  );
  await expectAccessible(page);
  await expect(async () => {
    expect((await settingsOf(server, name, 'reconciliation')).on).toEqual({ email: 'email' });
  }).toPass();
});
