import type { TableVersion } from '../src/api/dataTypes';
import type { TableListed } from '../src/api/types';
import { apply } from './editing';
import { expect, expectAccessible, test } from './support';

test('a list of keys becomes an audience', async ({ page, server }, { project }) => {
  const name = `listed_${project.name}`;
  await page.goto('/audiences');
  await page.getByRole('button', { name: 'Upload a list' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Name' }).fill(name);
  await dialog.getByRole('combobox', { name: 'Dimension' }).click();
  await page.getByRole('option', { name: 'Customers', exact: true }).click();
  await dialog.locator('input[type=file]').setInputFiles({
    name: 'list.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from('customer_id\nc0000001\nc0000002\nnobody\n'),
  });
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Upload a list' }).click();
  await expect(dialog.getByRole('status')).toContainText('3 lines read, 2 matched, 1 fit nobody');
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  await expect(dialog).toBeHidden();
  const audiences = await server.get<{ name: string; rows: number }[]>('/audiences');
  expect(audiences.find((audience) => audience.name === name)?.rows).toBe(2);
  await page.goto(`/audiences?audience=${name}`);
  const members = page.getByRole('table', { name: 'Members' });
  await expect(members.getByRole('row')).toHaveCount(3);
  await expect(members).toContainText('c0000001');
  await expectAccessible(page);
});

test('an earlier version of a table is made the newest again', async ({ page, server, request }, {
  project,
}) => {
  const name = `restored_${project.name}`;
  const columns = [{ name: 'id', type: 'string', required: true }];
  await apply(request, { kind: 'table', name, columns, primary_key: ['id'] });
  const load = async (text: string) => {
    const loaded = await request.post(`/api/v1/tables/${name}/import?format=csv`, {
      data: text,
      headers: { 'content-type': 'text/csv' },
    });
    expect(loaded.ok(), await loaded.text()).toBe(true);
  };
  await load('id\na\n');
  await load('id\nb\n');
  const versions = await server.get<TableVersion[]>(`/tables/${name}/versions`);
  const former = versions.find(({ rows }) => rows === 1)?.version ?? -1;
  await page.goto(`/tables?table=${name}&tab=versions`);
  await page.getByRole('button', { name: `Restore version ${former}`, exact: true }).click();
  const dialog = page.getByRole('dialog');
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Restore', exact: true }).click();
  await expect(dialog).toBeHidden();
  const rows = async () =>
    (await server.get<TableListed[]>('/tables')).find((table) => table.name === name)?.rows;
  await expect.poll(rows).toBe(1);
});

test('a comparison is taken home as a table', async ({ page, server, request }) => {
  const { run } = await server.largestRun();
  await page.goto(`/reports?kind=campaign&name=${run.campaign}&by=domain`);
  const apart = page.getByRole('region', { name: 'Told apart' }).first();
  const table = apart.getByRole('table');
  await expect(table).toBeVisible();
  const href = await apart.getByRole('link', { name: 'CSV' }).getAttribute('href');
  const answer = await request.get(href ?? '');
  expect(answer.ok()).toBe(true);
  const lines = (await answer.text()).trim().split('\n');
  const shown = (await table.getByRole('row').count()) - 1;
  expect(lines.length - 1).toBeGreaterThanOrEqual(shown);
  const [first = ''] = await table.getByRole('row').nth(1).getByRole('cell').allTextContents();
  expect(lines.join('\n')).toContain(first);
});
