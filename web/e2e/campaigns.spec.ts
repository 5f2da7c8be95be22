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
  const alike = await server.get<CampaignListed[]>(`/campaigns?state=${first.state}`);
  const table = page.getByRole('table', { name: 'Campaigns' });
  await expect(table.getByRole('row')).toHaveCount(alike.length + 1);
  // One more state lets more in.
  const state = page.getByRole('combobox', { name: 'State' });
  for (const label of ['Draft', 'Completed', 'Live', 'Scheduled']) {
    if (first.state === label.toLowerCase()) continue;
    await state.click();
    await page.getByRole('option', { name: label, exact: true }).click();
  }
  const known = new Set(['draft', 'completed', 'live', 'scheduled', first.state]);
  const all = await server.get<CampaignListed[]>('/campaigns');
  const some = all.filter((each) => known.has(each.state));
  await expect(table.getByRole('row')).toHaveCount(some.length + 1);
  await expect(page).toHaveURL(/state=.*draft/);
});

test('a click on a head sorts, columns are chosen, and a row has what can be done', async ({
  page,
  server,
}) => {
  const { listed } = await server.largestRun();
  const label = listed.label ?? listed.name;
  await page.goto('/campaigns');
  const table = page.getByRole('table', { name: 'Campaigns' });
  const modified = table.getByRole('columnheader', { name: 'Modified' });
  await modified.getByRole('button').click();
  await expect(modified).toHaveAttribute('aria-sort', 'descending');
  await expect(page).toHaveURL(/sort=updated.*order=descending/);
  const [newest] = await server.get<CampaignListed[]>('/campaigns?sort=updated:descending&limit=1');
  await expect(table.getByRole('row').nth(1)).toContainText(newest?.label ?? newest?.name ?? '');
  await modified.getByRole('button').click();
  await expect(modified).toHaveAttribute('aria-sort', 'ascending');

  await page.getByRole('button', { name: 'Columns' }).click();
  await page.getByRole('menuitemcheckbox', { name: 'Folder' }).click();
  await expect(table.getByRole('columnheader', { name: 'Folder' })).toBeVisible();
  await page.getByRole('menuitemcheckbox', { name: 'Modified' }).click();
  await expect(modified).toBeHidden();
  await page.keyboard.press('Escape');
  await page.reload();
  await expect(table.getByRole('columnheader', { name: 'Folder' })).toBeVisible();
  await expectAccessible(page);

  await page.getByRole('button', { name: `More for ${label}` }).click();
  await expectAccessible(page);
  await page.getByRole('menuitem', { name: 'Report of all time' }).click();
  await expect(page).toHaveURL(new RegExp(`/reports\\?kind=campaign&name=${listed.name}`));
  await expect(page.getByRole('region', { name: 'Figures' })).toBeVisible();
  await page.getByRole('combobox', { name: 'Messages of which time' }).click();
  await page.getByRole('option', { name: 'The last 7 days' }).click();
  await expect(page).toHaveURL(/from=now-7d/);
  await expect(page.getByRole('region', { name: 'Figures' })).toBeVisible();
});

test('what needs attention is a click away', async ({ page, server }) => {
  const some = await server.get<CampaignListed[]>('/campaigns?attention=true');
  await page.goto('/campaigns');
  await page.getByRole('checkbox', { name: 'Needs attention' }).check();
  await expect(page).toHaveURL(/attention=yes/);
  if (some.length === 0) await expect(page.getByText('Nothing matches')).toBeVisible();
  else {
    const table = page.getByRole('table', { name: 'Campaigns' });
    await expect(table.getByRole('row')).toHaveCount(some.length + 1);
  }
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
