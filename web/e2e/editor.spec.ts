import type { Page } from '@playwright/test';
import type { Campaign, RunListed } from '../src/api/types';
import { choose, create, document, kept, node, save, unique } from './editing';
import { expect, expectAccessible, test, type Server } from './support';

async function runTest(page: Page, server: Server, name: string): Promise<RunListed> {
  await page.getByRole('button', { name: 'Run now' }).click();
  await page.getByRole('button', { name: 'Start test run' }).click();
  await expect(page).toHaveURL(/run=run_/);
  await expect(async () => {
    const [run] = await server.get<RunListed[]>(`/runs?campaign=${name}`);
    expect(run?.state).toBe('completed');
  }).toPass();
  const [run] = await server.get<RunListed[]>(`/runs?campaign=${name}`);
  if (run === undefined) throw new Error('no run');
  return run;
}

test('ten activities by mouse, run as a test', async ({ page, server }) => {
  const name = await create(page, unique('By mouse'));
  await expectAccessible(page);
  const palette = page.getByRole('complementary', { name: 'Palette of activities' });
  const canvas = page.getByRole('application', { name: 'Campaign canvas' });
  const drag = (kind: string, x: number, y: number) =>
    palette
      .getByRole('button', { name: kind, exact: true })
      .dragTo(canvas, { targetPosition: { x, y } });

  // On the transition between the two, then a second audience from the palette, joined by a drawn line.
  await page.getByRole('button', { name: 'Insert between Everyone and End' }).click();
  await choose(page, 'Combine');
  await page.getByRole('button', { name: 'Close the panel' }).click();
  await drag('Build audience', 90, 420);
  await expect(node(page, 'Build audience')).toBeVisible();
  await expect(page.locator('[data-activity="build_audience"]')).toBeVisible();
  await page.getByRole('button', { name: 'Close the panel' }).click();
  await page.locator('.react-flow__controls-fitview').click();
  await page
    .locator('.react-flow__node[data-id="build_audience"] .react-flow__handle.source')
    .hover();
  await page.mouse.down();
  const target = await page.locator('[data-activity="combine"]').boundingBox();
  await page.mouse.move((target?.x ?? 0) + 60, (target?.y ?? 0) + 20, { steps: 8 });
  await page.mouse.up();
  await expect(async () => {
    expect((await document(server, name)).canvas.transitions).toContainEqual({
      from: 'build_audience',
      to: 'combine',
    });
  }).toPass();

  // A split behind the combination, and a mail with an end on each of its ports.
  await page.locator('[data-activity="combine"]').click();
  await palette.getByRole('button', { name: 'Deduplication', exact: true }).click();
  await page.getByRole('combobox', { name: 'Alike in' }).fill('email');
  await page.getByRole('combobox', { name: 'Alike in' }).press('Enter');
  await palette.getByRole('button', { name: 'Split', exact: true }).click();
  await expect(page.locator('[data-activity="split"]')).toBeVisible();
  await kept(page);
  await palette.getByRole('button', { name: 'E-mail', exact: true }).click();
  await page.getByRole('textbox', { name: 'Subject' }).fill('Hello {{ first_name }}');
  await page.getByRole('textbox', { name: 'Message (HTML)' }).fill('<p>Hello</p>');
  await palette.getByRole('button', { name: 'End', exact: true }).click();
  // All of it into sight, as what is under the map cannot be clicked.
  await page.locator('.react-flow__controls-fitview').click();
  await page.locator('[data-activity="split"]').click();
  await palette.getByRole('button', { name: 'Fork', exact: true }).click();
  for (const kind of ['End', 'End']) {
    await page.locator('.react-flow__controls-fitview').click();
    await page.locator('[data-activity="fork"]').click();
    await palette.getByRole('button', { name: kind, exact: true }).click();
  }
  await kept(page);
  const built = await document(server, name);
  expect(built.canvas.activities.length).toBeGreaterThanOrEqual(10);

  await expect(page.getByRole('button', { name: /^\d+ errors?$/ })).toBeHidden();
  await expectAccessible(page);
  await save(page);
  const { document: stored } = await server.get<Campaign>(`/campaigns/${name}`);
  expect(stored).toEqual(built);
  const run = await runTest(page, server, name);
  expect(run.targeted).toBeGreaterThan(0);
});

test('ten activities by keyboard alone, run as a test', async ({ page, server }) => {
  const name = await create(page, unique('By keyboard'));
  await node(page, 'Everyone').focus();
  const add = async (kind: string) => {
    await page.keyboard.press('a');
    await choose(page, kind);
    await expect(page.locator('[data-activity]:focus')).toBeVisible();
    await kept(page);
  };
  await add('Deduplication');
  // Its settings, reached and left by keys.
  await page.getByRole('combobox', { name: 'Alike in' }).focus();
  await page.keyboard.type('email');
  await page.keyboard.press('Enter');
  await page.locator('[data-activity="deduplication"]').focus();
  await add('Split');
  await add('Fork');
  await add('End');
  await page.keyboard.press('ArrowUp');
  await expect(page.locator('[data-activity="fork"]')).toBeFocused();
  await add('End');
  await page.locator('[data-activity="fork"]').focus();
  await add('Split');
  await add('End');
  await page.locator('[data-activity="split_2"]').focus();
  await add('End');
  await kept(page);
  const ids = (await document(server, name)).canvas.activities.map(({ id }) => id);
  expect(ids.length).toBeGreaterThanOrEqual(10);

  // Away and back again.
  await page.locator('[data-activity="split_2"]').focus();
  await page.keyboard.press('Delete');
  await expect(page.locator('[data-activity="split_2"]')).toBeHidden();
  await page.keyboard.press('Control+z');
  await expect(page.locator('[data-activity="split_2"]')).toBeVisible();
  await kept(page);
  expect((await document(server, name)).canvas.activities.map(({ id }) => id).sort()).toEqual(
    [...ids].sort(),
  );

  await page.keyboard.press('Control+s');
  await expect(page.getByText('Unsaved changes')).toBeHidden();
  const run = await runTest(page, server, name);
  expect(run.state).toBe('completed');
});

test('a rule over linked rows is built, counted and read in words', async ({ page, server }) => {
  const name = await create(page, unique('Rule'));
  await node(page, 'Everyone').click();
  await page.getByRole('button', { name: 'Edit the rule' }).click();
  const dialog = page.getByRole('dialog', { name: 'Rule' });
  await dialog.getByRole('button', { name: 'Condition', exact: true }).click();
  await page.getByPlaceholder('Search fields, links, filters').fill('orders');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: /Some, none or so many/ }).click();
  await dialog.getByRole('combobox', { name: 'How many' }).click();
  await page.getByRole('option', { name: 'at least …' }).click();
  await dialog.getByLabel('Number').fill('2');
  await dialog.getByRole('button', { name: 'Condition', exact: true }).last().click();
  await page.getByPlaceholder('Search fields, links, filters').fill('total');
  await page.keyboard.press('Enter');
  await dialog.getByLabel('Operator').click();
  await page.getByRole('option', { name: 'is at least' }).click();
  await dialog.getByLabel('Value').fill('50');
  await expect(dialog.getByLabel('In words')).toContainText('at least 2 of');
  await expect(dialog.getByText(/rows? match/)).toBeVisible();
  await dialog.getByRole('button', { name: 'Show rows' }).click();
  await expect(dialog.getByRole('table')).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await kept(page);
  const audience = (await document(server, name)).canvas.activities[0];
  expect(audience?.where).toEqual({
    combinator: 'and',
    rules: [
      {
        field: 'orders',
        match: { mode: 'atLeast', threshold: 2 },
        value: { combinator: 'and', rules: [{ field: 'total', operator: '>=', value: 50 }] },
      },
    ],
  });
});

test('a broken campaign says what is wrong, and is mended there', async ({ page, server }) => {
  const name = await create(page, unique('Broken'));
  await page
    .getByRole('complementary', { name: 'Palette of activities' })
    .getByRole('button', { name: 'Split', exact: true })
    .click();
  const alone = page.locator('[data-activity="split"]');
  await expect(alone).toHaveAttribute('aria-label', /1 error/);
  await page.getByRole('button', { name: 'Save version' }).click();
  const problems = page.getByRole('complementary', { name: 'Problems' });
  await expect(problems).toContainText('Nothing leads to');
  await expectAccessible(page);
  await problems.getByRole('button', { name: 'Add what leads here' }).click();
  await choose(page, 'Build audience');
  await expect(alone).not.toHaveAttribute('aria-label', /error/);
  await save(page);
  expect((await server.get<Campaign>(`/campaigns/${name}`)).version).toBe(2);
});

test('the code and the canvas stay in step', async ({ page, server }) => {
  const name = await create(page, unique('Code'));
  await page.getByRole('button', { name: 'As code' }).click();
  const code = page.getByRole('textbox', { name: 'Document of the campaign' });
  await expect(code).toContainText('label: Everyone');
  await code.getByText('label: Everyone').click();
  await page.keyboard.press('End');
  await page.keyboard.type(' of us');
  await expect(node(page, 'Everyone of us')).toBeVisible();
  await node(page, 'End').click();
  await page.getByLabel('Name of the activity').fill('Finished');
  await expect(code).toContainText('label: Finished');
  await kept(page);
  const { canvas } = await document(server, name);
  expect(canvas.activities.map(({ label }) => label)).toEqual(['Everyone of us', 'Finished']);
  await expectAccessible(page);
});

test('two people who change different things keep both, the same thing is asked about', async ({
  page,
  context,
  server,
}) => {
  const name = await create(page, unique('Two'));
  const other = await context.newPage();
  await other.goto(`/campaigns/${name}?edit=yes`);
  await node(other, 'Everyone').click();
  await node(page, 'End').click();
  await page.getByLabel('Name of the activity').fill('Over');
  await kept(page);
  await other.getByLabel('Name of the activity').fill('All of them');
  await kept(other);
  await expect(node(other, 'Over')).toBeVisible();
  expect((await document(server, name)).canvas.activities.map(({ label }) => label)).toEqual([
    'All of them',
    'Over',
  ]);

  await node(page, 'Everyone').click();
  await page.getByLabel('Name of the activity').fill('Nobody');
  await expect(page.getByText('Somebody else changed the same things')).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Take theirs' }).click();
  await expect(node(page, 'All of them')).toBeVisible();
});

test('activities are copied into another campaign', async ({ page, context, server }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await create(page, unique('From'));
  await node(page, 'Everyone').focus();
  await page.keyboard.press('Control+a');
  await page.keyboard.press('Control+c');
  await expect(page.getByText('2 activities copied')).toBeVisible();
  const other = await context.newPage();
  const name = await create(other, unique('Into'));
  await node(other, 'Everyone').focus();
  await other.keyboard.press('Control+v');
  await expect(other.locator('[data-activity]')).toHaveCount(4);
  await kept(other);
  const { canvas } = await document(server, name);
  expect(canvas.transitions).toHaveLength(2);
});

test('properties and schedule are set, and campaigns are tagged and deleted many at once', async ({
  page,
  server,
}) => {
  const label = unique('Many');
  const name = await create(page, label);
  await page.getByRole('button', { name: 'Properties of the campaign' }).click();
  await page.getByRole('tab', { name: 'Schedule' }).click();
  await page.getByRole('combobox', { name: 'When it runs' }).click();
  await page.getByRole('option', { name: 'Weekly' }).click();
  await page.getByLabel('Thursday').check();
  await expect(page.getByText(/Weekly on Monday and Thursday/).first()).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await save(page);
  expect((await server.get<Campaign>(`/campaigns/${name}`)).document.schedule).toEqual({
    type: 'weekly',
    on: ['monday', 'thursday'],
    at: '09:00',
  });
  await page.goto(`/campaigns?search=${encodeURIComponent(label)}`);
  await page.getByLabel(`Choose ${label}`).check();
  await page.getByRole('button', { name: 'Add tags' }).click();
  await page.getByRole('combobox', { name: 'Tags' }).fill('autumn');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Add tags' }).click();
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(page.getByRole('table').getByText('autumn')).toBeVisible();
  await page.getByLabel(`Choose ${label}`).check();
  await expectAccessible(page);
  await page.getByRole('toolbar').getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await expect(page.getByText('Nothing matches')).toBeVisible();
});

test('the app speaks French', async ({ page, server }) => {
  const { campaign } = await server.largestRun();
  await page.goto('/campaigns');
  await page.getByRole('button', { name: 'Language' }).click();
  await page.getByRole('menuitem', { name: 'Français' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Campagnes' })).toBeVisible();
  await expect(page.locator('html')).toHaveAttribute('lang', 'fr');
  await page.goto(`/campaigns/${campaign.document.name}?edit=yes`);
  await expect(page.getByRole('button', { name: 'Enregistrer la version' })).toBeVisible();
  await expectAccessible(page);
});
