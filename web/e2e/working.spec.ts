import type { Draft } from '../src/api/types';
import { create, document, kept, node, unique } from './editing';
import { expect, expectAccessible, test } from './support';

test('an activity pauses the run and is disabled, by mouse', async ({ page, server }) => {
  const name = await create(page, unique('Paused by mouse'));
  const end = node(page, 'End');
  await end.click();
  const panel = page.getByRole('complementary', { name: 'Activity End' });
  const more = async (deed: string) => {
    await panel.getByRole('button', { name: 'More for this activity' }).click();
    await page.getByRole('menuitem', { name: deed, exact: true }).click();
  };
  await more('Pause here');
  await expect(end).toHaveAttribute('aria-label', /pauses here/);
  await more('Disable');
  await expect(end).toHaveAttribute('aria-label', /disabled/);
  await expect(panel).toContainText('its branch ends here');
  await expectAccessible(page);
  await kept(page);
  const of = async () => (await document(server, name)).canvas.activities.at(-1);
  await expect.poll(of).toMatchObject({ breakpoint: true, enabled: false });
  await panel.getByRole('button', { name: 'Enable', exact: true }).click();
  await more('Do not pause here');
  await expect(end).not.toHaveAttribute('aria-label', /disabled|pauses/);
  await expect.poll(of).not.toHaveProperty('enabled');
  await expect.poll(of).not.toHaveProperty('breakpoint');
});

test('activities are found on the canvas', async ({ page }) => {
  await create(page, unique('Found'));
  await page.getByRole('button', { name: 'Find', exact: true }).click();
  const search = page.getByRole('searchbox', { name: 'Find on the canvas' });
  await expect(search).toBeFocused();
  await search.fill('every');
  await expect(page.locator('[data-activity][data-found="true"]')).toHaveCount(1);
  await expectAccessible(page);
  await search.press('Enter');
  await expect(page.getByRole('complementary', { name: 'Activity Everyone' })).toBeVisible();
  await page.getByRole('button', { name: 'End the search' }).click();
  await expect(search).toBeHidden();
  await expect(page.locator('[data-activity][data-found="true"]')).toHaveCount(0);
});

test('a canvas is arranged sideways and back, and that is undone', async ({ page, server }) => {
  const name = await create(page, unique('Arranged'));
  const positions = async () => (await document(server, name)).canvas.positions;
  await page.getByRole('button', { name: 'Arrange from left to right' }).click();
  await expect(page).toHaveURL(/layout=right/);
  await kept(page);
  await expect.poll(positions).toBeDefined();
  const [first, second] = [
    await node(page, 'Everyone').boundingBox(),
    await node(page, 'End').boundingBox(),
  ];
  expect(second?.x).toBeGreaterThan(first?.x ?? 0);
  await page.getByRole('button', { name: 'Arrange from top to bottom' }).click();
  await expect(page).not.toHaveURL(/layout=right/);
  await expect.poll(positions).toBeUndefined();
  await page.getByRole('button', { name: 'Undo', exact: true }).click();
  await expect.poll(positions).toBeDefined();
});

test('a wait and added columns are set in their own panels', async ({ page, server }) => {
  const name = await create(page, unique('Panels'));
  const palette = page.getByRole('complementary', { name: 'Palette of activities' });
  const activity = async (type: string) =>
    (await document(server, name)).canvas.activities.find((each) => each.type === type);
  await node(page, 'Everyone').click();
  await palette.getByRole('button', { name: 'Enrichment', exact: true }).click();
  const columns = page.getByRole('complementary', { name: 'Activity Enrichment' });
  const add = columns.getByRole('button', { name: 'Add a column' });
  const entries = columns.getByRole('group').filter({ hasText: 'What is added' });
  await expect(add).toBeVisible();
  if ((await entries.count()) === 0) await add.click();
  const entry = entries.first();
  await entry.getByRole('combobox', { name: 'What is added' }).click();
  await page.getByRole('option', { name: 'A figure of linked rows' }).click();
  await entry.getByRole('combobox', { name: 'Linked rows' }).click();
  await page.getByRole('option', { name: 'Orders', exact: true }).first().click();
  await entry.getByRole('textbox', { name: 'Name of the column' }).fill('orders_made');
  await expectAccessible(page);
  await kept(page);
  await expect
    .poll(async () => ((await activity('enrichment'))?.add as unknown[] | undefined)?.[0])
    .toMatchObject({ name: 'orders_made', link: 'orders', aggregate: { function: 'count' } });

  await palette.getByRole('button', { name: 'Wait', exact: true }).click();
  const wait = page.getByRole('complementary', { name: 'Activity Wait' });
  await wait.getByText('For a while', { exact: true }).click();
  await wait.getByLabel('How long', { exact: true }).fill('5');
  await expect.poll(() => activity('wait')).toMatchObject({ duration: '5d' });
  await wait.getByText('Until the next…', { exact: true }).click();
  await wait.getByLabel('At', { exact: true }).fill('10:30');
  await expectAccessible(page);
  await expect
    .poll(async () => (await activity('wait'))?.until)
    .toMatchObject({ weekday: 'monday', at: '10:30' });
});

test('what two people set differently stays as the one who is asked wants it', async ({
  page,
  server,
  request,
}) => {
  const name = await create(page, unique('Mine'));
  await node(page, 'Everyone').click();
  const label = page.getByLabel('Name of the activity');
  await label.fill('Mine at first');
  await kept(page);
  const { document: theirs, ...draft } = await server.get<Draft>(`/campaigns/${name}/draft`);
  const [audience, ...others] = theirs.canvas.activities;
  const activities = [{ ...audience, label: 'Theirs' }, ...others];
  const { revision, base_version } = draft;
  const put = await request.put(`/api/v1/campaigns/${name}/draft`, {
    data: {
      document: { ...theirs, canvas: { ...theirs.canvas, activities } },
      revision,
      base_version,
    },
  });
  expect(put.ok(), await put.text()).toBe(true);
  await label.fill('Mine still');
  await expect(page.getByText('Somebody else changed the same things')).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Keep mine' }).click();
  await kept(page);
  await expect
    .poll(async () => (await document(server, name)).canvas.activities[0]?.label)
    .toBe('Mine still');
});
