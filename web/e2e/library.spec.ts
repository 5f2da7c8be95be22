import { readFile } from 'node:fs/promises';
import type { CampaignListed } from '../src/api/types';
import { expect, expectAccessible, test } from './support';

test('a campaign is made of a template, and copied as one', async ({ page, server }, {
  project,
}) => {
  const templates = await server.get<{ name: string }[]>('/templates');
  await page.goto('/templates');
  const gallery = page.getByRole('list', { name: 'Templates' });
  await expect(gallery.getByRole('listitem')).toHaveCount(templates.length);
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Use Product recall' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByText('Still to choose')).toBeVisible();
  await expect(dialog.getByRole('button', { name: 'Create' })).toBeDisabled();
  await expectAccessible(page);
  await dialog.getByRole('textbox', { name: 'Key of the product' }).fill('P-1');
  await dialog.getByRole('textbox', { name: 'What it is called' }).fill(`Recall ${project.name}`);
  await expect(dialog.getByText('Still to choose')).toBeHidden();
  await dialog.getByRole('button', { name: 'Create' }).click();
  const name = `recall_${project.name}`;
  await expect(page).toHaveURL(new RegExp(`/campaigns/${name}`));
  await expect(page.getByRole('button', { name: /^Has bought it/ })).toBeVisible();

  await page.getByRole('button', { name: 'More for this campaign' }).click();
  await page.getByRole('menuitem', { name: 'Copy as template' }).click();
  await page
    .getByRole('textbox', { name: 'What the template is called' })
    .fill(`Our recall ${project.name}`);
  await page.getByRole('dialog').getByRole('button', { name: 'Copy as template' }).click();
  await expect(page).toHaveURL(/\/templates\?search=Our/);
  await expect(gallery.getByRole('listitem')).toHaveCount(1);
  await page
    .getByRole('button', { name: `Delete the template Our recall ${project.name}` })
    .click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await expect(page.getByText('Nothing matches')).toBeVisible();
});

test('the calendar shows what will run and what ran', async ({ page, server }) => {
  const { run, listed } = await server.largestRun();
  await page.goto('/calendar');
  const label = listed.label ?? listed.name;
  const entry = page.getByRole('button', { name: new RegExp(`${label}, run`) }).first();
  await expect(entry).toBeVisible();
  await expectAccessible(page);
  // Many runs on one day are one entry.
  const together = ((await entry.getAttribute('aria-label')) ?? '').endsWith('times');
  await entry.click();
  await expect(
    page.getByRole('link', { name: together ? 'Show the runs' : 'Open the run' }),
  ).toHaveAttribute('href', together ? `/runs?campaign=${run.campaign}` : `/runs/${run.run}`);
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await page.getByText('Week', { exact: true }).click();
  await expect(page).toHaveURL(/span=week/);
  await expect(page.getByRole('columnheader')).toHaveCount(7);
  await page.getByRole('button', { name: 'After' }).click();
  await expect(page).toHaveURL(/day=\d{4}-\d\d-\d\d/);
  await page.getByRole('button', { name: 'Today' }).click();
  await expect(
    page.getByRole('button', { name: new RegExp(`${label}, run`) }).first(),
  ).toBeVisible();
});

test('people comment on a campaign and see who changed what', async ({ page }, { project }) => {
  await page.goto('/campaigns/vip_thanks?side=comments');
  const drawer = page.getByRole('dialog');
  const text = `Is this right in ${project.name}?`;
  await drawer.getByRole('textbox', { name: 'Comment' }).fill(text);
  await drawer.getByRole('textbox', { name: 'Your name' }).fill('Marta');
  await drawer.getByRole('button', { name: 'Comment' }).click();
  const thread = drawer.getByRole('article').filter({ hasText: text });
  await expect(thread).toContainText('Marta');
  await thread.getByRole('textbox', { name: 'Answer' }).fill('Quite so.');
  await thread.getByRole('button', { name: 'Answer' }).click();
  await expect(thread).toContainText('Quite so.');
  await expectAccessible(page);
  await thread.getByRole('button', { name: 'Resolve' }).click();
  await expect(thread).toBeHidden();
  await drawer.getByRole('tab', { name: 'Who changed what' }).click();
  await expect(drawer.getByText('made it')).toBeVisible();
  await expectAccessible(page);
});

test('versions are compared on the canvas and in words', async ({ page, request, server }, {
  project,
}) => {
  const name = `compared_${project.name}`;
  const document = await server.get<Record<string, unknown>>('/documents/campaign/vip_thanks');
  const apply = async (change: object) => {
    const file = { path: 'a.json', text: JSON.stringify({ ...document, name, ...change }) };
    const reply = await request.post('/api/v1/documents/apply', { data: { files: [file] } });
    expect(reply.ok(), await reply.text()).toBe(true);
  };
  await apply({ label: 'Compared' });
  const canvas = structuredClone(document.canvas) as {
    activities: { id: string; type: string }[];
    transitions: { from: string; to: string }[];
  };
  canvas.activities.push({ id: 'extra', type: 'wait', duration: '2d' } as never);
  canvas.transitions.push({ from: 'thanks', to: 'extra' });
  await apply({ label: 'Compared', canvas, schedule: { type: 'daily', at: '07:00' } });
  await page.goto(`/campaigns/${name}/versions`);
  const differences = page.getByRole('region', { name: 'What differs' });
  await expect(differences.getByText('The activity `extra` (wait) was added')).toBeVisible();
  await expect(
    differences.getByText(/The schedule was: .* it is now: every day at 07:00/),
  ).toBeVisible();
  await expect(page.getByRole('button', { name: /^Extra, .*, added$/ })).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Go back to version 1' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Go back to version 1' }).click();
  await expect(page.getByText('Version 3', { exact: true }).first()).toBeVisible();
});

test('a campaign is exported, and imported under another name', async ({ page }, { project }) => {
  await page.goto('/campaigns/renewal_reminder');
  await page.getByRole('button', { name: 'More for this campaign' }).click();
  await page.getByRole('menuitem', { name: 'Export' }).click();
  const inside = page.getByRole('region', { name: 'In the file' });
  await expect(inside.getByText('renewal_reminder')).toBeVisible();
  await expectAccessible(page);
  const downloading = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download' }).click();
  const text = await readFile(await (await downloading).path(), 'utf8');
  expect(text).toContain('name: renewal_reminder');

  await page.goto('/campaigns');
  await page.getByRole('button', { name: 'Import', exact: true }).click();
  const dialog = page.getByRole('dialog');
  const changed = text.replace(/label: .*renewals.*/, `label: Renewals ${project.name}`);
  await page.locator('input[type=file]').setInputFiles({
    name: 'renewal.yaml',
    mimeType: 'application/yaml',
    buffer: Buffer.from(changed),
  });
  await expect(dialog.getByText('Choose what to do with 1 document')).toBeVisible();
  await expectAccessible(page);
  await dialog.getByRole('combobox', { name: 'What to do with campaign renewal_reminder' }).click();
  await page.getByRole('option', { name: /^Take as/ }).click();
  await dialog.getByRole('button', { name: 'Import' }).click();
  await expect(page).toHaveURL(/\/campaigns\/renewal_reminder_\d+/);
  await expect(page.getByRole('heading', { level: 1 })).toContainText(`Renewals ${project.name}`);
});

test('views are kept, and many campaigns are changed at once', async ({ page, server }, {
  project,
}) => {
  const view = `Tagged demo ${project.name}`;
  const wanted = '/campaigns?tag=demo&state=draft,live,completed&sort=updated&order=descending';
  await page.goto(wanted);
  await page.getByRole('button', { name: 'Views' }).click();
  await page.getByRole('menuitem', { name: 'Keep this view' }).click();
  await page.getByRole('textbox', { name: 'What the view is called' }).fill(view);
  await page.getByRole('dialog').getByRole('button', { name: 'Keep this view' }).click();
  await expect(page.getByRole('dialog')).toBeHidden();
  await page.goto('/campaigns');
  await page.getByRole('button', { name: 'Views' }).click();
  await expectAccessible(page);
  await page.getByRole('menuitem', { name: view, exact: true }).click();
  await expect(page).toHaveURL(/tag=demo/);
  await expect(page).toHaveURL(/state=draft(,|%2C)live(,|%2C)completed/);
  await expect(page).toHaveURL(/sort=updated/);
  await expect(page).toHaveURL(/order=descending/);

  const tag = `bulk-${project.name}`;
  await page.getByRole('checkbox', { name: 'Choose all' }).check();
  await page.getByRole('button', { name: 'Add tags' }).click();
  await page.getByRole('dialog').getByLabel('Tags').first().fill(tag);
  await page.keyboard.press('Enter');
  // Leaving the field closes its list, which lies over the button.
  await page.keyboard.press('Tab');
  await page.getByRole('dialog').getByRole('button', { name: 'Add', exact: true }).click();
  await expect(page.getByRole('toolbar', { name: 'With the chosen campaigns' })).toBeHidden();
  const tagged = await server.get<CampaignListed[]>(`/campaigns?tag=${tag}`);
  expect(tagged.length).toBeGreaterThan(0);
  await page.goto(`/campaigns?tag=${tag}`);
  await page.getByRole('checkbox', { name: 'Choose all' }).check();
  await page
    .getByRole('toolbar', { name: 'With the chosen campaigns' })
    .getByRole('button', { name: 'Close' })
    .click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('No new run starts');
  await expectAccessible(page);
  // The first one of that name is the cross at the head.
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  // Drafts and completed campaigns cannot be closed, and each says why.
  await expect(page.getByRole('alert')).toContainText('left as they are');
});
