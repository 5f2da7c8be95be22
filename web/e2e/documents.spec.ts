import type { Locator, Page } from '@playwright/test';
import type { TableListed } from '../src/api/types';
import { aFew, apply, campaignOf } from './editing';
import { expect, expectAccessible, test } from './support';

const stamp = () => Date.now().toString(36);

/** Writes a text in place of the one that stands there. */
async function write(page: Page, field: Locator, text: string): Promise<void> {
  await field.click();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.insertText(text);
}

test('a campaign has tests, which run over simulated time and lead to what is wrong', async ({
  page,
  request,
}) => {
  const name = `tested_${stamp()}`;
  await campaignOf(
    request,
    name,
    'Tested',
    [aFew(), { id: 'done', type: 'end', label: 'The end' }],
    [['few', 'done']],
    {
      time_zone: 'Europe/Paris',
      schedule: {
        type: 'weekly',
        on: ['monday'],
        at: '09:00',
        from: '2026-10-01',
        until: '2026-12-31',
      },
    },
  );
  const said = (rows: number) =>
    JSON.stringify({
      kind: 'test',
      name: `${name}_starts`,
      label: 'Starts on Mondays',
      campaign: name,
      starts: '2026-10-19T08:00',
      until: '2026-10-20T00:00',
      expect: { runs: [{ counts: { few: rows } }] },
    });
  await page.goto(`/campaigns/${name}?edit=no&side=tests`);
  const drawer = page.getByRole('dialog').filter({ has: page.getByRole('tab') });
  await expect(drawer.getByText('No tests yet')).toBeVisible();
  await expectAccessible(page);
  await drawer.getByRole('button', { name: 'New test' }).click();
  const editor = page.getByRole('dialog', { name: 'New test' });
  await write(page, editor.getByRole('textbox', { name: 'Document (YAML)' }), said(5));
  await expect(editor.getByText('Nothing is wrong with it.')).toBeVisible();
  await expectAccessible(page);
  await editor.getByRole('button', { name: 'Save' }).click();
  await expect(editor).toBeHidden();

  await drawer.getByRole('button', { name: 'Run Starts on Mondays' }).click();
  await expect(drawer.getByText('Failed', { exact: true })).toBeVisible();
  await expect(drawer.getByText(/2026-10-19 08:00 to 2026-10-20 00:00/)).toBeVisible();
  await expect(drawer.getByText('5 rows expected')).toBeVisible();
  await expectAccessible(page);

  await drawer.getByRole('button', { name: 'Edit Starts on Mondays' }).click();
  const again = page.getByRole('dialog', { name: 'Starts on Mondays' });
  await write(page, again.getByRole('textbox', { name: 'Document (YAML)' }), said(0));
  await again.getByRole('button', { name: 'Save' }).click();
  await expect(again).toBeHidden();
  await drawer.getByRole('button', { name: 'Run all' }).click();
  await expect(drawer.getByText('1 passed, 0 failed')).toBeVisible();

  // What fails leads to its activity.
  await drawer.getByRole('button', { name: 'Edit Starts on Mondays' }).click();
  await write(page, again.getByRole('textbox', { name: 'Document (YAML)' }), said(7));
  await again.getByRole('button', { name: 'Save' }).click();
  await expect(again).toBeHidden();
  await drawer.getByRole('button', { name: 'Run all' }).click();
  await drawer.getByRole('link', { name: 'A few' }).click();
  await expect(page).toHaveURL(/activity=few/);
  await expect(drawer).toBeHidden();
});

test('files are put into folders, found, downloaded and deleted', async ({ page, request }) => {
  const folder = `incoming_${stamp()}`;
  await page.goto('/files');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Files');
  await page.getByRole('button', { name: 'Upload files' }).click();
  const dialog = page.getByRole('dialog', { name: 'Upload files' });
  await dialog.locator('input[type=file]').setInputFiles([
    { name: 'people.csv', mimeType: 'text/csv', buffer: Buffer.from('id\n1\n') },
    { name: 'others.csv', mimeType: 'text/csv', buffer: Buffer.from('id\n2\n') },
  ]);
  await dialog.getByRole('textbox', { name: 'Folder' }).fill(`${folder}/daily`);
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Upload files' }).click();
  await expect(dialog).toBeHidden();

  const table = page.getByRole('table', { name: 'Files' });
  const row = table.getByRole('row').filter({ hasText: folder });
  await expect(row).toContainText('2 files');
  await row.getByRole('link', { name: folder }).click();
  await table.getByRole('link', { name: 'daily' }).click();
  await expect(page).toHaveURL(/folder=/);
  await expect(table.getByRole('row')).toHaveCount(3);
  await expectAccessible(page);
  const path = `${folder}/daily/people.csv`;
  const download = page.waitForEvent('download');
  await table.getByRole('link', { name: `Download ${path}` }).click();
  expect((await download).suggestedFilename()).toBe('people.csv');

  // The same file again is said to be replaced.
  await page.getByRole('button', { name: 'Upload files' }).click();
  await dialog
    .locator('input[type=file]')
    .setInputFiles({ name: 'people.csv', mimeType: 'text/csv', buffer: Buffer.from('id\n3\n') });
  await expect(dialog.getByText(`Already there, and replaced: ${path}`)).toBeVisible();
  await dialog.getByRole('button', { name: 'Upload and replace' }).click();
  await expect(dialog).toBeHidden();
  const content = await request.get(`/api/v1/files/content?name=${encodeURIComponent(path)}`);
  expect(await content.text()).toBe('id\n3\n');

  await table.getByRole('button', { name: `Delete ${path}` }).click();
  const asked = page.getByRole('dialog', { name: `Delete ${path}?` });
  await expectAccessible(page);
  await asked.getByRole('button', { name: 'Delete' }).click();
  await expect(asked).toBeHidden();
  await expect(table.getByRole('row')).toHaveCount(2);
  await page.getByRole('searchbox', { name: 'Search files' }).fill('people');
  await expect(page.getByText('No file is called so')).toBeVisible();
});

test('a calendar is filled in, checked as one types, and comes back in an older version', async ({
  page,
  server,
}) => {
  const name = `days_${stamp()}`;
  await page.goto('/admin?section=calendars');
  await page.getByRole('button', { name: 'New calendar' }).click();
  const dialog = page.getByRole('dialog', { name: 'New calendar' });
  await dialog.getByRole('textbox', { name: 'Name in documents' }).fill(name);
  await dialog.getByRole('group', { name: 'Entry 2' }).getByRole('button').click();
  await dialog.getByRole('group', { name: 'Entry 1' }).getByPlaceholder('12-25').fill('13-77');
  await expect(dialog.getByText('is not a day of the year')).toBeVisible();
  await expectAccessible(page);
  await dialog.getByRole('group', { name: 'Entry 1' }).getByPlaceholder('12-25').fill('12-26');
  await expect(dialog.getByText('Nothing is wrong with it.')).toBeVisible();
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog).toBeHidden();
  const stored = () => server.get<{ dates: unknown[] }>(`/documents/calendar/${name}`);
  expect((await stored()).dates).toEqual([{ yearly: '12-26', label: 'Christmas' }]);

  await page.goto(`/admin?section=calendars&name=${name}`);
  const open = page.getByRole('dialog');
  await open.getByText('As text', { exact: true }).click();
  const text = open.getByRole('textbox', { name: 'Document (YAML)' });
  await write(page, text, `kind: calendar\nname: ${name}\ndates: [2026-12-24]\n`);
  await expect(open.getByText('Nothing is wrong with it.')).toBeVisible();
  await open.getByRole('button', { name: 'Save' }).click();
  await expect(open).toBeHidden();
  expect((await stored()).dates).toEqual(['2026-12-24']);

  await page.goto(`/admin?section=calendars&name=${name}`);
  await open.getByText('Versions', { exact: true }).click();
  await open.getByRole('button', { name: /^Version 1/ }).click();
  await expect(open.getByRole('region', { name: 'Version 1' })).toContainText('12-26');
  await expectAccessible(page);
  await open.getByRole('button', { name: 'Restore this version' }).click();
  await expect(open).toBeHidden();
  expect((await stored()).dates).toEqual([{ yearly: '12-26', label: 'Christmas' }]);
});

test('the kind of changes stands in the address of the audit log', async ({ page }) => {
  await page.goto('/admin?section=audit&kind=table');
  await expect(page.getByRole('combobox', { name: 'Kind' })).toHaveValue('table');
  await expect(page.getByRole('tabpanel')).toBeVisible();
});

test('two tables are linked, and labels and values are edited', async ({
  page,
  request,
  server,
}) => {
  const mark = stamp();
  const [visits, places] = [`visits_${mark}`, `places_${mark}`];
  const column = (name: string) => ({ name, type: 'string' });
  await apply(
    request,
    {
      kind: 'table',
      name: visits,
      columns: [column('visit_id'), column('place_id'), column('mood')],
      primary_key: ['visit_id'],
    },
    { kind: 'table', name: places, columns: [column('place_id')], primary_key: ['place_id'] },
  );
  await page.goto(`/tables?table=${visits}`);
  await page.getByRole('button', { name: 'Link tables' }).click();
  const dialog = page.getByRole('dialog', { name: 'Link tables' });
  await dialog.getByRole('combobox', { name: 'From' }).fill(visits.replaceAll('_', ' '));
  await page.getByRole('option', { name: new RegExp(`visits ${mark}`, 'i') }).click();
  await dialog.getByRole('combobox', { name: 'To', exact: true }).fill(places.replaceAll('_', ' '));
  await page.getByRole('option', { name: new RegExp(`places ${mark}`, 'i') }).click();
  await dialog.getByRole('textbox', { name: 'What it is called from here' }).fill('place');
  await dialog.getByRole('textbox', { name: 'What it is called from there' }).fill('visits');
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Link', exact: true }).click();
  await expect(dialog).toBeHidden();
  const listed = async (name: string) =>
    (await server.get<TableListed[]>('/tables')).find((table) => table.name === name);
  expect((await listed(visits))?.links).toContainEqual(
    expect.objectContaining({ name: 'place', to: places, cardinality: 'many-to-one' }),
  );

  const view = page.getByRole('region', { name: `Table ${visits}` });
  await view.getByRole('button', { name: 'Edit', exact: true }).click();
  const editor = page.getByRole('dialog', { name: /^Edit Visits/ });
  await editor.getByRole('textbox', { name: 'Label of mood' }).fill('Mood');
  const values = editor.locator('input[aria-label="Values of mood"]');
  await values.fill('good');
  await values.press('Enter');
  await values.fill('bad');
  await values.press('Enter');
  await expectAccessible(page);
  await editor.getByRole('button', { name: 'Save' }).click();
  await expect(editor).toBeHidden();
  expect((await listed(visits))?.columns).toContainEqual(
    expect.objectContaining({ name: 'mood', label: 'Mood', values: ['good', 'bad'] }),
  );

  // In the diagram, a table is found and opened by keys.
  await page.goto('/tables?view=diagram');
  await page.getByRole('searchbox', { name: 'Show tables' }).fill(places);
  await expect(page.locator('.react-flow__node')).toHaveCount(2);
  await page.locator(`.react-flow__node[data-id="${places}"]`).focus();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(new RegExp(`table=${places}`));
});
