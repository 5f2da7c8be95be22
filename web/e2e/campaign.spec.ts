import type { Population } from '../src/api/types';
import { count, expect, expectAccessible, labelOf, portOf, test } from './support';

test('the canvas shows every activity, its state and the rows between them', async ({
  page,
  server,
}) => {
  const { campaign, run } = await server.largestRun();
  await page.goto(`/campaigns/${run.campaign}?run=${run.run}`);
  for (const activity of campaign.document.canvas.activities) {
    const node = page.getByRole('button', {
      name: new RegExp(`^${escape(labelOf(activity, activity.id))}, .*, completed$`),
    });
    await expect(node).toBeVisible();
  }
  for (const { rows, from, port, to } of run.transitions) {
    if (rows === null || (to === null && rows === 0)) continue;
    const activity = campaign.document.canvas.activities.find(({ id }) => id === from);
    const source = labelOf(activity ?? {}, from);
    const name = `${source}${port === 'out' ? '' : `, ${portOf(activity, port)}`}: ${count(rows)}`;
    await expect(page.getByRole('button', { name }).first()).toBeVisible();
  }
  await expectAccessible(page);
});

test('an activity opens by keyboard, shows its settings, and closes by Escape', async ({
  page,
  server,
}) => {
  const { campaign, run } = await server.largestRun();
  const activities = campaign.document.canvas.activities;
  const audience = activities.find(({ type }) => type === 'build-audience') ?? activities[0];
  if (audience === undefined) throw new Error('the campaign has no activity');
  const label = labelOf(audience, audience.id);
  await page.goto(`/campaigns/${run.campaign}?run=${run.run}`);
  await page
    .getByRole('button', { name: new RegExp(`^${escape(label)}, `) })
    .first()
    .focus();
  await page.keyboard.press('Enter');
  const panel = page.getByRole('complementary', { name: `Activity ${label}` });
  await expect(panel).toContainText('Completed');
  await expect(panel.getByRole('heading', { name: 'Settings' })).toBeVisible();
  await expect(page).toHaveURL(new RegExp(`activity=${audience.id}`));
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await expect(panel).toBeHidden();
});

test('an e-mail is previewed without being trusted', async ({ page, server }) => {
  const { campaign, run } = await server.largestRun();
  const mail = campaign.document.canvas.activities.find(({ html }) => typeof html === 'string');
  test.skip(mail === undefined, 'the campaign writes its mails elsewhere');
  await page.goto(`/campaigns/${run.campaign}?run=${run.run}&activity=${mail?.id ?? ''}`);
  const frame = page.locator('iframe');
  await expect(frame).toHaveAttribute('sandbox', '');
  await expect(frame).toHaveAttribute('srcdoc', /default-src 'none'/);
  await expect(frame).not.toHaveAttribute('srcdoc', /<a [^>]*href=/);
  await expectAccessible(page);
});

test('a transition opens its rows, page by page', async ({ page, server }) => {
  const { run } = await server.largestRun();
  const [largest] = [...run.transitions].sort((a, b) => (b.rows ?? 0) - (a.rows ?? 0));
  if (largest === undefined) throw new Error('the run has no transition');
  const path = `/runs/${run.run}/populations/${largest.from}?port=${largest.port}`;
  const first = await server.get<Population>(`${path}&limit=50&offset=0`);
  await page.goto(`/campaigns/${run.campaign}?run=${run.run}`);
  await page
    .getByRole('button', { name: new RegExp(`: ${count(largest.rows ?? 0)} row`) })
    .first()
    .press('Enter');
  const drawer = page.getByRole('region', { name: 'Population' });
  await expect(drawer).toContainText(`${count(first.total)} row`);
  const table = drawer.getByRole('table', { name: 'Rows' });
  await expect(table.getByRole('row')).toHaveCount(first.rows.length + 1);
  // Before the columns stands the number of the row, behind them its way.
  await expect(table.getByRole('columnheader')).toHaveCount(first.columns.length + 2);
  await expect(table).toContainText(String(first.rows[0]?.[0]));
  await expectAccessible(page);
  if (first.total > 50) {
    await drawer.getByRole('button', { name: 'Next page' }).click();
    await expect(drawer).toContainText(`51–${count(Math.min(100, first.total))} of`);
    await expect(page).toHaveURL(/page=2/);
  }
  await page.keyboard.press('Escape');
  await expect(drawer).toBeHidden();
});

test('says so when there is no such campaign', async ({ page }) => {
  await page.goto('/campaigns/there-is-none');
  await expect(page.getByRole('alert')).toContainText('cannot be shown');
  await expectAccessible(page);
});

function escape(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
