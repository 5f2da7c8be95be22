import type { CampaignListed } from '../src/api/types';
import { count, expect, expectAccessible, test } from './support';

test('lists every campaign with its last run', async ({ page, server }) => {
  const campaigns = await server.get<CampaignListed[]>('/campaigns');
  await page.goto('/');
  await expect(page).toHaveURL(/\/campaigns$/);
  const table = page.getByRole('table', { name: 'Campaigns' });
  await expect(table.getByRole('row')).toHaveCount(campaigns.length + 1);
  for (const { name, label, last_run } of campaigns) {
    const row = table.getByRole('row').filter({ hasText: label ?? name });
    await expect(row.first()).toContainText(last_run === null ? 'Never ran' : count(last_run.sent));
  }
  await expectAccessible(page);
});

test('search and filters are in the address', async ({ page, server }) => {
  const [first] = await server.get<CampaignListed[]>('/campaigns');
  if (first === undefined) throw new Error('the server under test has no campaign');
  await page.goto('/campaigns');
  await page.getByRole('searchbox', { name: 'Search campaigns' }).fill('no such campaign at all');
  await expect(page.getByText('Nothing matches')).toBeVisible();
  await expectAccessible(page);
  await expect(page).toHaveURL(/search=no/);
  await page.getByRole('button', { name: 'Clear search and filters' }).click();
  await expect(page.getByRole('link', { name: first.label ?? first.name })).toBeVisible();
  await page.goto(`/campaigns?state=${first.state}`);
  await expect(page.getByRole('link', { name: first.label ?? first.name })).toBeVisible();
  await expect(page.getByRole('combobox', { name: 'State' })).not.toHaveValue('');
});

test('a test run starts after a confirmation and shows on the canvas', async ({ page, server }) => {
  const { listed } = await server.largestRun();
  const label = listed.label ?? listed.name;
  await page.goto('/campaigns');
  await page.getByRole('button', { name: `Run ${label} now` }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('radio', { name: 'Test' })).toBeChecked();
  await dialog.getByRole('radio', { name: 'Live' }).focus();
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await page.getByRole('button', { name: `Run ${label} now` }).click();
  await dialog.getByRole('button', { name: 'Start test run' }).click();
  await expect(page).toHaveURL(new RegExp(`/campaigns/${listed.name}\\?run=`));
  await expect(page.getByRole('combobox', { name: 'Run shown on the canvas' })).toHaveValue(/Test/);
  await expect(page.getByRole('button', { name: /, completed$/ }).first()).toBeVisible();
});
