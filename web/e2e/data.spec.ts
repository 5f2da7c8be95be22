import type { TableQuality } from '../src/api/dataTypes';
import type { TableListed } from '../src/api/types';
import { count, expect, expectAccessible, test } from './support';

test('the quality and the versions of a table are those of the server', async ({
  page,
  server,
}) => {
  const tables = await server.get<TableListed[]>('/tables');
  const table = tables.find(({ builtin, links }) => builtin !== true && links.length > 2);
  const quality = await server.get<TableQuality>(`/tables/${table?.name}/quality`);
  await page.goto(`/tables?table=${table?.name}&tab=quality`);
  const columns = page.getByRole('table', { name: 'Quality of the columns' });
  await expect(columns.getByRole('row')).toHaveCount(quality.columns.length + 1);
  for (const { name, distinct } of quality.columns.slice(0, 4)) {
    const row = columns.getByRole('row').filter({ hasText: new RegExp(`^${name}`) });
    await expect(row.first()).toContainText(count(distinct));
  }
  await expectAccessible(page);
  await page.getByRole('tab', { name: 'Versions' }).click();
  await expect(page.getByRole('table', { name: 'Versions' })).toContainText('newest');
  await expectAccessible(page);
});

test('tables stand in a diagram with their links', async ({ page, server }) => {
  const tables = await server.get<TableListed[]>('/tables');
  const own = tables.filter(({ builtin }) => builtin !== true);
  await page.goto('/tables?view=diagram');
  await expect(page.locator('.react-flow__node')).toHaveCount(own.length);
  await expect(page.locator('.react-flow__edge').first()).toBeVisible();
  await expectAccessible(page);
});

test('a file becomes a table, and another with other columns is mapped into it', async ({
  page,
  server,
}, { project }) => {
  const name = `payments_${project.name}`;
  const file = (text: string) => ({
    name: `${name}.csv`,
    mimeType: 'text/csv',
    buffer: Buffer.from(text),
  });
  await page.goto('/tables');
  await page.getByRole('button', { name: 'Table from a file' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.locator('input[type=file]').setInputFiles(file('payment_id,amount\n1,2.50\n2,10\n'));
  await expect(dialog.getByRole('table', { name: 'First rows' })).toContainText('2.50');
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Load 2 rows' }).click();
  await expect(dialog.getByRole('status')).toContainText('2 inserted');
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  await expect(page.getByRole('region', { name: `Table ${name}` })).toContainText('Rows2');

  await page.getByRole('button', { name: 'Import', exact: true }).click();
  await dialog
    .locator('input[type=file]')
    .setInputFiles(file('number,amount,note\n3,1,x\n4,cheap,y\n'));
  await dialog.getByRole('combobox', { name: 'Column for number' }).click();
  await page.getByRole('option', { name: /^payment_id/ }).click();
  await dialog.getByRole('button', { name: 'Load 2 rows' }).click();
  await expect(dialog.getByRole('alert')).toContainText('Line 3:');
  await expectAccessible(page);
  await dialog.getByRole('textbox', { name: 'Rejected rows allowed' }).fill('1');
  await dialog.getByRole('button', { name: 'Load 2 rows' }).click();
  await expect(dialog.getByRole('status')).toContainText('1 inserted');
  await expect(dialog.getByRole('table', { name: 'Rejected rows' })).toContainText('cheap');
  const tables = await server.get<TableListed[]>('/tables');
  expect(tables.find((table) => table.name === name)?.rows).toBe(3);
});

test('channels are tried, and documents say what is wrong with them', async ({ page }) => {
  await page.goto('/admin');
  await page
    .getByRole('button', { name: /^Test the connection of/ })
    .first()
    .click();
  await expect(page.getByText('Ready to send')).toBeVisible();
  await expectAccessible(page);
  await page.goto('/admin');
  await page.getByRole('button', { name: 'New channel' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('As text', { exact: true }).click();
  await dialog.getByRole('textbox').click();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.insertText('kind: channel\nname: broken\nchanel: email\n');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog.getByRole('alert')).toContainText('channel');
  await expectAccessible(page);
  for (const section of ['dimensions', 'filters', 'tables', 'tests', 'templates', 'server']) {
    await page.goto(`/admin?section=${section}`);
    await expect(page.getByRole('tabpanel')).toBeVisible();
    await expectAccessible(page);
  }
  await page.goto('/audiences');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expectAccessible(page);
});
