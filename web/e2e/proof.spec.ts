import type { APIRequestContext, Page } from '@playwright/test';
import type { Report } from '../src/api/dataTypes';
import type { Campaign, Draft, RunListed } from '../src/api/types';
import {
  aFew,
  apply,
  campaignOf,
  choose,
  document,
  few,
  kept,
  node,
  save,
  unique,
} from './editing';
import { count, expect, expectAccessible, test, type Server } from './support';

/** How many people the campaigns here write to. */
const PEOPLE = 20;

/** A filter that finds a few people, so that nobody else is written to. */
async function filterOf(request: APIRequestContext): Promise<string> {
  const label = unique('Some of us');
  const name = label.toLowerCase().replaceAll(' ', '_');
  const where = few(PEOPLE);
  await apply(request, { kind: 'filter', name, label, dimension: 'customers', where });
  return label;
}

async function newest(server: Server, campaign: string): Promise<RunListed | undefined> {
  return (await server.get<RunListed[]>(`/runs?campaign=${campaign}`))[0];
}

/** Waits for the newest run of a campaign to be in a state. */
async function until(server: Server, campaign: string, state: string): Promise<RunListed> {
  await expect
    .poll(async () => (await newest(server, campaign))?.state, { timeout: 45_000 })
    .toBe(state);
  const run = await newest(server, campaign);
  if (run === undefined) throw new Error(`${campaign} has no run`);
  return run;
}

/** Reads the report of the run that is looked at, and compares it with the server's. */
async function readReport(page: Page, server: Server, run: string): Promise<void> {
  const report = await server.get<Report>(`/reports?run=${run}`);
  expect(report.figures.targeted).toBe(PEOPLE);
  const figures = page.getByRole('region', { name: 'Figures' });
  await expect(figures).toContainText(`Targeted${count(report.figures.targeted)}`);
  await expect(figures).toContainText(`Sent${count(report.figures.sent)}`);
  await expect(figures).toContainText(`Excluded${count(report.figures.excluded)}`);
  await expect(page.getByRole('table', { name: 'Rates' })).toBeVisible();
}

test('by mouse: built, tested, sent and reported', async ({ page, server, request }) => {
  test.setTimeout(180_000);
  const label = await filterOf(request);
  await page.goto('/campaigns');
  await page.getByRole('button', { name: 'New campaign' }).first().click();
  await page.getByLabel('What it is called').fill(unique('Proof by mouse'));
  await page.getByRole('radio', { name: /^Mailing|mailing/ }).click();
  await page.getByRole('button', { name: 'Create' }).click();
  await expect(page).toHaveURL(/\/campaigns\/[a-z0-9_]+\?edit=yes/);
  const name = new URL(page.url()).pathname.split('/').at(-1) ?? '';

  // Whom it is for.
  await node(page, 'Everyone').click();
  await page.getByRole('button', { name: 'Edit the rule' }).click();
  const rule = page.getByRole('dialog', { name: 'Rule' });
  await rule.getByRole('button', { name: 'Condition', exact: true }).click();
  await page.getByPlaceholder('Search fields, links, filters').fill(label);
  await page.getByRole('button', { name: label, exact: true }).click();
  await expect(rule.getByText(/rows? match/)).toBeVisible();
  await page.keyboard.press('Escape');
  await kept(page);

  // What is written to them.
  const { canvas } = await document(server, name);
  const mail = canvas.activities.find(({ type }) => type === 'email')?.id ?? '';
  await page.locator(`[data-activity="${mail}"]`).click();
  await page.getByRole('textbox', { name: 'Subject' }).fill('Hello {{ first_name }}');
  await page
    .getByRole('textbox', { name: 'Message (HTML)' })
    .fill('<p>Hello. <a href="{{ unsubscribe_url }}">Unsubscribe</a></p>');
  await save(page);

  await page.getByRole('button', { name: 'Run now' }).click();
  await page.getByRole('button', { name: 'Start test run' }).click();
  await expect(page).toHaveURL(/run=run_/);
  expect((await until(server, name, 'completed')).targeted).toBe(PEOPLE);

  await page.getByRole('button', { name: 'Run now' }).click();
  const launch = page.getByRole('dialog');
  await launch.getByRole('radio', { name: 'Live' }).click();
  await expect(launch.getByText(/publishes it first/)).toBeVisible();
  await launch.getByRole('button', { name: 'Send for real' }).click();
  await expect(launch).toBeHidden();
  const { run } = await until(server, name, 'held');
  await page.getByRole('button', { name: 'Confirm the sending' }).click();
  await until(server, name, 'completed');

  await page.goto(`/runs/${run}`);
  await page.getByRole('link', { name: 'Report', exact: true }).click();
  await readReport(page, server, run);
  await expectAccessible(page);
});

test('by keys: built, tested, sent and reported', async ({ page, server, request }) => {
  test.setTimeout(180_000);
  const label = await filterOf(request);
  const press = (key: string) => page.keyboard.press(key);
  const button = (name: string) => page.getByRole('button', { name, exact: true }).first();
  const pressOn = async (name: string) => {
    await expect(button(name)).toBeEnabled();
    await button(name).focus();
    await press('Enter');
  };
  await page.goto('/campaigns');
  await pressOn('New campaign');
  await expect(page.getByRole('dialog').getByRole('textbox').first()).toBeFocused();
  await page.keyboard.type(unique('Proof by keys'));
  await press('Enter');
  await expect(page).toHaveURL(/\/campaigns\/[a-z0-9_]+\?edit=yes/);
  const name = new URL(page.url()).pathname.split('/').at(-1) ?? '';

  await expect(node(page, 'Everyone')).toBeVisible();
  await node(page, 'Everyone').focus();
  await press('Enter');
  await pressOn('Edit the rule');
  const rule = page.getByRole('dialog', { name: 'Rule' });
  await rule.getByRole('button', { name: 'Condition', exact: true }).focus();
  await press('Enter');
  await expect(page.getByPlaceholder('Search fields, links, filters')).toBeFocused();
  await page.keyboard.type(label);
  await press('Enter');
  await expect(rule.getByText(/rows? match/)).toBeVisible();
  await press('Escape');
  await expect(rule).toBeHidden();
  await kept(page);

  await node(page, 'Everyone').focus();
  await press('a');
  await choose(page, 'E-mail');
  await expect(page.locator('[data-activity="email"]')).toBeVisible();
  await page.getByRole('textbox', { name: 'Subject' }).focus();
  await page.keyboard.type('Hello to you');
  await page.getByRole('textbox', { name: 'Message (HTML)' }).focus();
  await page.keyboard.insertText('<p>Hello. <a href="{{ unsubscribe_url }}">Unsubscribe</a></p>');
  await kept(page);
  await press('Control+s');
  await expect(page.getByText('Unsaved changes')).toBeHidden();

  await pressOn('Run now');
  await pressOn('Start test run');
  await expect(page).toHaveURL(/run=run_/);
  expect((await until(server, name, 'completed')).targeted).toBe(PEOPLE);

  await pressOn('Run now');
  const launch = page.getByRole('dialog');
  await launch.getByRole('radio', { name: 'Live' }).focus();
  await press('Space');
  await pressOn('Send for real');
  await expect(launch).toBeHidden();
  const { run } = await until(server, name, 'held');
  await pressOn('Confirm the sending');
  await until(server, name, 'completed');

  await page.goto(`/runs/${run}`);
  await page.getByRole('link', { name: 'Report', exact: true }).focus();
  await press('Enter');
  await readReport(page, server, run);
});

test('a broken one tells what is wrong on the activity, is mended there, and published', async ({
  page,
  server,
  request,
}, { project }) => {
  const name = `mended_${project.name}`;
  const label = `Mended ${project.name}`;
  await campaignOf(
    request,
    name,
    label,
    [aFew(), { id: 'done', type: 'end', label: 'The end' }],
    [['few', 'done']],
    { schedule: { type: 'daily', at: '07:00' } },
  );
  // Somebody has left a setting that there is none of.
  const { document: made, ...draft } = await server.get<Draft>(`/campaigns/${name}/draft`);
  const [audience, ...others] = made.canvas.activities;
  const activities = [{ ...audience, limits: 5 }, ...others];
  const broken = { ...made, canvas: { ...made.canvas, activities } };
  const { revision, base_version } = draft;
  const put = await request.put(`/api/v1/campaigns/${name}/draft`, {
    data: { document: broken, revision, base_version },
  });
  expect(put.ok(), await put.text()).toBe(true);

  await page.goto(`/campaigns/${name}?edit=yes`);
  const activity = page.locator('[data-activity="few"]');
  await expect(activity).toHaveAttribute('aria-label', /1 error/);
  await activity.click();
  const panel = page.getByRole('complementary', { name: 'Activity A few' });
  const problems = panel.getByRole('list', { name: 'Problems' });
  await expect(problems).toContainText('limits');
  await expectAccessible(page);
  await problems.getByRole('button', { name: 'Remove the setting' }).click();
  await expect(activity).not.toHaveAttribute('aria-label', /error/);
  await kept(page);
  await page.getByRole('button', { name: 'More for this campaign' }).click();
  await page.getByRole('menuitem', { name: 'Publish', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Publish', exact: true }).click();
  await expect(dialog).toBeHidden();
  await expect
    .poll(async () => (await server.get<Campaign>(`/campaigns/${name}`)).state)
    .not.toBe('draft');
  expect(JSON.stringify(await document(server, name))).not.toContain('limits');
});
