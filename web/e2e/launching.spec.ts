import type { APIRequestContext } from '@playwright/test';
import type { Campaign, DryRun, Launch, RunListed, RunSummary } from '../src/api/types';
import { activityState, aFew, campaignOf, start, stateOf } from './editing';
import { count, expect, expectAccessible, test, type Server } from './support';

const WHO = ['c0000001', 'c0000002', 'c0000003'];

/** An audience of a few, and a letter to them. */
function letterTo(name: string, label: string, who: string[], more: object = {}) {
  const rule = { field: 'customer_id', operator: 'in', value: who };
  return {
    kind: 'campaign',
    name,
    label,
    canvas: {
      activities: [
        {
          id: 'few',
          type: 'build-audience',
          label: 'A few',
          dimension: 'customers',
          where: { combinator: 'and', rules: [rule] },
        },
        {
          id: 'letter',
          type: 'email',
          label: 'The letter',
          channel: '',
          subject: 'Hello from {{ variables.shop }}',
          html: '<p>Hello. <a href="{{ unsubscribe_url }}">Unsubscribe</a></p>',
          send: 'hold',
        },
      ],
      transitions: [{ from: 'few', to: 'letter' }],
    },
    variables: { shop: 'Lyon' },
    ...more,
  };
}

type Document = ReturnType<typeof letterTo>;

async function apply(request: APIRequestContext, server: Server, document: Document) {
  const channels = await server.get<{ name: string }[]>('/documents/channel');
  const letter = document.canvas.activities.find(({ id }) => id === 'letter');
  if (letter !== undefined) letter.channel = channels[0]?.name ?? '';
  const file = { path: 'campaign.json', text: JSON.stringify(document) };
  const applied = await request.post('/api/v1/documents/apply', { data: { files: [file] } });
  expect(applied.ok(), await applied.text()).toBe(true);
}

async function dryRun(request: APIRequestContext, name: string, data: object): Promise<DryRun> {
  const answer = await request.post(`/api/v1/campaigns/${name}/dry-run`, { data });
  expect(answer.ok(), await answer.text()).toBe(true);
  return (await answer.json()) as DryRun;
}

const messages = ({ deliveries }: DryRun) =>
  deliveries.reduce((sum, { targeted, excluded }) => sum + targeted - excluded, 0);

test('a live run says what will happen, and its mailing asks first', async ({
  page,
  server,
  request,
}, { project }) => {
  const name = `asks_${project.name}`;
  await apply(request, server, letterTo(name, `Asks ${project.name}`, WHO));
  await page.goto(`/campaigns/${name}?edit=no`);
  await page.getByRole('button', { name: 'Run now' }).click();
  const dialog = page.getByRole('dialog', { name: `Run “Asks ${project.name}” now` });
  await dialog.getByRole('radio', { name: 'Live' }).click();
  await expect(dialog.getByLabel('Ask before each mailing')).toBeChecked();
  const expected = dialog.getByRole('region', { name: 'What will happen' });
  const reckoned = await dryRun(request, name, {});
  await expect(expected).toContainText(`Messages${count(messages(reckoned))}`);
  const samples = expected.getByRole('list', { name: 'Messages as the first people' });
  await expect(samples.getByRole('listitem')).toHaveCount(reckoned.samples.length);
  await expect(samples.getByRole('button').first()).toHaveText('Hello from Lyon');
  await expectAccessible(page);

  // What is typed counts in what is reckoned.
  await dialog.getByRole('textbox', { name: 'Shop' }).fill('Nice');
  await expect(samples.getByRole('button').first()).toHaveText('Hello from Nice');
  await samples.getByRole('button').first().click();
  const sample = page.getByRole('dialog', { name: 'Hello from Nice' });
  await expect(sample.locator('iframe')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(sample).toBeHidden();
  await expect(dialog).toBeVisible();
  await expected.getByText('Rows on each transition').click();
  await expect(expected.getByText('A few → The letter')).toBeVisible();
  await expected.getByRole('button', { name: 'Show on the canvas' }).click();
  const canvas = page.getByRole('dialog', { name: 'What will happen' });
  await expect(canvas.getByRole('application', { name: 'Campaign canvas' })).toContainText(
    'The letter',
  );
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await expect(canvas).toBeHidden();

  await dialog.getByRole('button', { name: 'Send for real' }).click();
  await expect(page).toHaveURL(/run=run_/);
  const [run] = await server.get<RunListed[]>(`/runs?campaign=${name}`);
  const summary = async () => server.get<RunSummary>(`/runs/${run?.run ?? ''}`);
  await expect.poll(async () => (await summary()).state).toBe('held');
  expect((await summary()).variables).toMatchObject({ shop: 'Nice' });
  await expect(page.getByRole('region', { name: 'The letter' })).toContainText('Messages');
  await expectAccessible(page);

  // Those who edit see what the run waits for, too.
  await page.getByRole('button', { name: 'Edit', exact: true }).click();
  const held = page.getByRole('region', { name: 'The letter' });
  await held.getByRole('button', { name: 'Confirm the sending' }).click();
  await expect.poll(async () => (await summary()).state).toBe('completed');
});

test('a mailing that would ask sends at once where somebody says so', async ({
  page,
  server,
  request,
}, { project }) => {
  const name = `at_once_${project.name}`;
  await apply(request, server, letterTo(name, `At once ${project.name}`, WHO));
  await page.goto('/campaigns');
  await page.getByRole('button', { name: `Run At once ${project.name} now` }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('radio', { name: 'Live' }).click();
  await dialog.getByRole('textbox', { name: 'Shop' }).fill('Metz');
  await dialog.getByRole('switch', { name: 'Ask before each mailing' }).click();
  await expect(dialog).toContainText('These send at once');
  await dialog.getByRole('button', { name: 'Send for real' }).click();
  await expect(page).toHaveURL(/run=run_/);
  const [run] = await server.get<RunListed[]>(`/runs?campaign=${name}`);
  const state = async () => (await server.get<RunSummary>(`/runs/${run?.run ?? ''}`)).state;
  await expect.poll(state).toBe('completed');
});

test('changes that are in no version are told of, and taken or not', async ({
  page,
  server,
  request,
}, { project }) => {
  const name = `drafted_${project.name}`;
  const label = `Drafted ${project.name}`;
  const document = letterTo(name, label, WHO);
  await apply(request, server, document);
  const { document: stored } = await server.get<Campaign>(`/campaigns/${name}`);
  const changed = structuredClone(stored);
  const audience = changed.canvas.activities.find(({ id }) => id === 'few');
  if (audience === undefined) throw new Error('no audience');
  audience.where = {
    combinator: 'and',
    rules: [{ field: 'customer_id', operator: 'in', value: [WHO[0]] }],
  };
  const kept = await request.put(`/api/v1/campaigns/${name}/draft`, {
    data: { document: changed, revision: 0, base_version: 1 },
  });
  expect(kept.ok(), await kept.text()).toBe(true);

  await page.goto(`/campaigns?search=${encodeURIComponent(label)}`);
  const row = page.getByRole('table', { name: 'Campaigns' }).getByRole('row').nth(1);
  await expect(row).toContainText('Unsaved changes');
  await row.getByRole('button', { name: `Run ${label} now` }).click();
  const dialog = page.getByRole('dialog');
  const expected = dialog.getByRole('region', { name: 'What will happen' });
  await expect(dialog.getByRole('radio', { name: 'With your changes' })).toBeChecked();
  const without = await dryRun(request, name, {});
  const withThem = await dryRun(request, name, { draft: true });
  await expect(expected).toContainText(`Messages${count(messages(withThem))}`);
  await dialog.getByRole('radio', { name: 'Without them' }).click();
  await expect(expected).toContainText(`Messages${count(messages(without))}`);
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Start test run' }).click();
  await expect(page).toHaveURL(/run=run_/);
  const [first] = await server.get<RunListed[]>(`/runs?campaign=${name}`);
  expect(first?.version).toBe(1);
  await expect(page.getByText('Unsaved changes')).toBeVisible();

  await page.getByRole('button', { name: 'Run now' }).click();
  await dialog.getByRole('radio', { name: 'With your changes' }).click();
  await dialog.getByRole('button', { name: 'Start test run' }).click();
  await expect(dialog).toBeHidden();
  const newest = async () => (await server.get<RunListed[]>(`/runs?campaign=${name}`))[0]?.version;
  await expect.poll(newest).toBe(2);
  await expect(page.getByText('Unsaved changes')).toBeHidden();
});

test('changes are not thrown away by a slip of the hand', async ({ page, server, request }, {
  project,
}) => {
  const name = `thrown_${project.name}`;
  await apply(request, server, letterTo(name, `Thrown ${project.name}`, WHO));
  await page.goto(`/campaigns/${name}?edit=yes`);
  await page.locator('[data-activity="few"]').click();
  await page.getByLabel('Name of the activity').fill('Others');
  await expect(page.getByRole('main').getByText('Draft saved')).toBeVisible();
  await page.getByRole('button', { name: 'Discard changes' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('There is no way back.');
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.locator('[data-activity="few"]')).toContainText('Others');
  await page.getByRole('button', { name: 'Discard changes' }).click();
  await dialog.getByRole('button', { name: 'Discard changes' }).click();
  await expect(page.locator('[data-activity="few"]')).toContainText('A few');
});

test('a campaign is signalled by hand, and its launches are on record', async ({
  page,
  server,
  request,
}, { project }) => {
  const name = `signalled_${project.name}`;
  const schedule = {
    type: 'signal',
    parameters: [
      { name: 'city', type: 'string' },
      { name: 'least', type: 'integer', default: 2 },
    ],
  };
  await apply(request, server, letterTo(name, `Signalled ${project.name}`, WHO, { schedule }));
  const published = await request.post(`/api/v1/campaigns/${name}/publish`, { data: {} });
  expect(published.ok(), await published.text()).toBe(true);
  await page.goto(`/campaigns/${name}?edit=no`);
  await page.getByRole('button', { name: 'Launches' }).click();
  const drawer = page.getByRole('dialog');
  await expect(drawer).toContainText('No launch yet');
  const send = drawer.getByRole('button', { name: 'Signal now' });
  await expect(send).toBeDisabled();
  await drawer.getByRole('textbox', { name: 'City' }).fill("L'Isle");
  await drawer.getByRole('textbox', { name: 'Least' }).fill('3');
  await expect(drawer).toContainText(`/api/v1/campaigns/${name}/signal`);
  await expect(drawer).toContainText('"least":3');
  await expectAccessible(page);
  await send.click();
  await expect(drawer.getByRole('status')).toContainText('Ran');
  const [launch] = await server.get<Launch[]>(`/campaigns/${name}/launches`);
  expect(launch?.variables).toEqual({ city: "L'Isle", least: 3 });
  const lines = drawer.getByRole('list', { name: 'Launches' });
  await expect(lines.getByRole('listitem')).toContainText(['City: L']);
  await lines.getByRole('link', { name: 'Open the run' }).first().click();
  await expect(page).toHaveURL(new RegExp(`/runs/${launch?.run ?? ''}`));
});

test('a wait is ended by hand', async ({ page, server, request }, { project }) => {
  const name = `wait_ended_${project.name}`;
  const activities = [
    aFew(),
    { id: 'rest', type: 'wait', label: 'A rest', duration: '2d' },
    { id: 'done', type: 'end', label: 'The end' },
  ];
  const ways: [string, string][] = [
    ['few', 'rest'],
    ['rest', 'done'],
  ];
  await campaignOf(request, name, `Wait ended ${project.name}`, activities, ways);
  const run = await start(request, name);
  await expect.poll(() => activityState(server, run, 'few')).toBe('completed');
  await page.goto(`/campaigns/${name}?edit=no&run=${run}&activity=rest`);
  const panel = page.getByRole('complementary', { name: 'Activity A rest' });
  await panel.getByRole('button', { name: 'End the wait' }).click();
  const dialog = page.getByRole('dialog', { name: 'End the wait of “A rest”?' });
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'End the wait' }).click();
  await expect.poll(() => stateOf(server, run)).toBe('completed');
});

test('alerts ring the bell until they are read', async ({ page, server, request }, { project }) => {
  const name = `alerting_${project.name}`;
  const document = letterTo(name, `Alerting ${project.name}`, WHO);
  const alert = {
    id: 'warn',
    type: 'alert',
    title: 'Look at {{ rows }}',
    message: 'Fewer, again.',
  };
  const few = document.canvas.activities.filter(({ id }) => id === 'few');
  const canvas = {
    activities: [...few, { ...alert, level: 'critical' }],
    transitions: [{ from: 'few', to: 'warn' }],
  };
  await apply(request, server, { ...document, canvas } as unknown as Document);
  const started = await request.post(`/api/v1/campaigns/${name}/run`, { data: { mode: 'live' } });
  const { run } = (await started.json()) as { run: string };
  const state = async () => (await server.get<RunSummary>(`/runs/${run}`)).state;
  await expect.poll(state).toBe('completed');
  await page.goto('/campaigns');
  const bell = page.getByRole('link', { name: /^Alerts, \d+ unread$/ });
  await expect(bell).toBeVisible();
  await expectAccessible(page);
  await bell.click();
  await expect(page.getByRole('heading', { level: 1, name: 'Alerts' })).toBeVisible();
  const line = page.getByRole('listitem').filter({ hasText: `Alerting ${project.name}` });
  await expect(line).toContainText('Critical');
  await expect(line).toContainText('Fewer, again.');
  await expectAccessible(page);
  await expect(page.getByRole('link', { name: 'Alerts', exact: true })).toBeVisible();
  await line.getByRole('link', { name: /Alerting/ }).click();
  await expect(page).toHaveURL(new RegExp(`/campaigns/${name}.*run=${run}`));
  await expect(page.getByRole('alert').filter({ hasText: 'Fewer, again.' })).toBeVisible();
});

test('runs are narrowed by state, mode and days in the address', async ({ page, server }) => {
  await page.goto('/runs?mode=test');
  const table = page.getByRole('table', { name: 'Runs' });
  await expect(table.getByRole('row').nth(1)).toContainText('Test');
  await expect(table.getByRole('cell', { name: /\bLive$/ })).toHaveCount(0);
  await expectAccessible(page);
  const { run } = await server.largestRun();
  await page.goto(`/runs?campaign=${run.campaign}`);
  await page.getByRole('combobox', { name: 'State' }).click();
  await page.getByRole('option', { name: 'Completed' }).click();
  await expect(page).toHaveURL(/state=completed/);
  await page.getByLabel('Begun from this day on').fill('2199-01-01');
  await expect(page.getByText('Nothing matches')).toBeVisible();
  await expect(page).toHaveURL(/from=2199-01-01/);
  await page.getByRole('button', { name: 'Clear search and filters' }).click();
  await expect(table.getByRole('row').nth(1)).toBeVisible();
});

test('schedules, variables and supervision of a campaign are set without code', async ({
  page,
  server,
  request,
}, { project }) => {
  const name = `options_${project.name}`;
  await apply(request, server, letterTo(name, `Options ${project.name}`, WHO));
  await page.goto(`/campaigns/${name}?edit=yes`);
  await page.getByRole('button', { name: 'Properties of the campaign' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('tab', { name: 'Schedule' }).click();
  await dialog.getByRole('combobox', { name: 'When it runs' }).click();
  await page.getByRole('option', { name: 'Daily' }).click();
  await dialog.getByRole('combobox', { name: 'What was missed' }).click();
  await page.getByRole('option', { name: 'Leave it out' }).click();
  await dialog.getByRole('textbox', { name: 'Spread launches over' }).fill('10');
  await expect(dialog.getByRole('region', { name: 'Next launches' })).toContainText('Daily');
  await expectAccessible(page);

  await dialog.getByRole('tab', { name: 'Variables' }).click();
  await dialog.getByRole('button', { name: 'Add a variable' }).click();
  await dialog.getByRole('textbox', { name: 'Variable' }).last().fill('shop');
  await expect(dialog.getByText('This name is taken')).toBeVisible();
  await dialog.getByRole('textbox', { name: 'Variable' }).last().fill('least');
  await dialog.getByRole('combobox', { name: 'Type' }).last().click();
  await page.getByRole('option', { name: 'whole number' }).click();
  await dialog.getByRole('textbox', { name: 'Value' }).last().fill('3');
  await expectAccessible(page);

  await dialog.getByRole('tab', { name: 'Supervision' }).click();
  await dialog.getByRole('combobox', { name: 'When an activity fails' }).click();
  await page.getByRole('option', { name: 'End the run as failed' }).click();
  await dialog.getByRole('textbox', { name: 'Attempts in all' }).fill('5');
  await dialog.getByRole('textbox', { name: 'Pause before the second attempt' }).fill('30');
  await dialog.getByRole('textbox', { name: 'Keep what runs leave behind' }).fill('90');
  await dialog.getByLabel('Mail trouble to').first().fill('ops@shop.example');
  await page.keyboard.press('Enter');
  await dialog.getByRole('checkbox', { name: 'a launch is skipped' }).uncheck();
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await expect(page.getByRole('main').getByText('Draft saved')).toBeVisible();
  await page.getByRole('button', { name: 'Save version' }).click();
  await expect(page.getByText('Unsaved changes')).toBeHidden();
  const { document } = await server.get<Campaign>(`/campaigns/${name}`);
  expect(document.schedule).toEqual({
    type: 'daily',
    at: '09:00',
    catch_up: 'none',
    jitter: '10m',
  });
  expect(document.variables).toEqual({ shop: 'Lyon', least: 3 });
  expect(document.on_error).toEqual({ then: 'abort', retry: { attempts: 5, backoff: '30s' } });
  expect(document.history).toBe('90d');
  expect(document.notify?.to).toEqual(['ops@shop.example']);
  expect(document.notify?.on).toEqual(['failed', 'paused', 'held']);
});
