import type { AlertTold, Campaign, RunSummary } from '../src/api/types';
import { activityState, aFew, apply, campaignOf, few, start, stateOf, unique } from './editing';
import { expect, expectAccessible, test } from './support';

const END = { id: 'done', type: 'end', label: 'The end' };

test('a run is paused, resumed, stopped, and opened again from an activity', async ({
  page,
  server,
  request,
}, { project }) => {
  const name = `paused_${project.name}`;
  await campaignOf(
    request,
    name,
    `Paused ${project.name}`,
    [aFew(), { id: 'rest', type: 'wait', label: 'A rest', duration: '2d' }, END],
    [
      ['few', 'rest'],
      ['rest', 'done'],
    ],
  );
  const run = await start(request, name);
  const state = () => stateOf(server, run);
  await expect.poll(() => activityState(server, run, 'few')).toBe('completed');
  await page.goto(`/runs/${run}`);
  const heading = page.getByRole('heading', { level: 1 });
  await page.getByRole('button', { name: 'Pause', exact: true }).click();
  await expect.poll(state).toBe('paused');
  await expect(heading).toContainText('Paused');
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Resume', exact: true }).click();
  await expect.poll(state).toBe('running');
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('No further message leaves');
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Let it go on' }).click();
  await expect(dialog).toBeHidden();
  expect(await state()).toBe('running');
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  await dialog.getByRole('button', { name: 'Stop the run' }).click();
  await expect.poll(state).toBe('stopped');

  await page.getByRole('button', { name: 'Restart', exact: true }).click();
  await expect(dialog.getByRole('radio', { name: 'From an activity' })).toBeChecked();
  await expectAccessible(page);
  await dialog.getByRole('combobox', { name: 'Activity' }).click();
  await page.getByRole('option', { name: 'A few' }).click();
  await dialog.getByRole('button', { name: 'Restart' }).click();
  await expect(dialog).toBeHidden();
  const opened = new URL(page.url()).pathname.split('/').at(-1) ?? '';
  await expect.poll(() => activityState(server, opened, 'few')).toBe('completed');
  await expect.poll(() => stateOf(server, opened)).toBe('running');
  const stopped = await request.post(`/api/v1/runs/${opened}/stop`);
  expect(stopped.ok()).toBe(true);
});

test('a question is answered, and the run takes the way of the answer', async ({
  page,
  server,
  request,
}, { project }) => {
  const name = `asked_${project.name}`;
  await campaignOf(
    request,
    name,
    `Asked ${project.name}`,
    [
      aFew(),
      {
        id: 'ask',
        type: 'approval',
        label: 'May we',
        message: 'May we go on?',
        deadline: '2d',
        on_deadline: 'reject',
      },
      { id: 'yes', type: 'end', label: 'Approved end' },
      { id: 'no', type: 'end', label: 'Rejected end' },
    ],
    [
      ['few', 'ask'],
      ['ask.approved', 'yes'],
      ['ask.rejected', 'no'],
    ],
  );
  const run = await start(request, name);
  await expect.poll(() => activityState(server, run, 'ask')).toBe('held');
  await page.goto(`/runs/${run}`);
  const question = page.getByRole('region', { name: 'May we' });
  await expect(question).toContainText('May we go on?');
  await expectAccessible(page);
  await question.getByRole('textbox', { name: 'Your name' }).fill('Marta');
  await question.getByRole('textbox', { name: 'Comment' }).fill('Quite so');
  await question.getByRole('button', { name: 'Approve' }).click();
  await expect(question).toBeHidden();
  await expect.poll(() => stateOf(server, run)).toBe('completed');
  expect(await activityState(server, run, 'yes')).toBe('completed');
});

test('an alert is told at the bell, in the list and at its run', async ({
  page,
  server,
  request,
}) => {
  const label = unique('Alerting');
  const name = label.toLowerCase().replaceAll(' ', '_');
  const title = `Few people in ${label}`;
  await page.goto('/alerts');
  await expect(page.getByRole('heading', { level: 1, name: 'Alerts' })).toBeVisible();
  await campaignOf(
    request,
    name,
    label,
    [aFew(), { id: 'tell', type: 'alert', title, message: 'Look at the rules.' }, END],
    [
      ['few', 'tell'],
      ['tell', 'done'],
    ],
  );
  const run = await start(request, name);
  await expect.poll(() => stateOf(server, run)).toBe('completed');
  const told = await server.get<AlertTold[]>(`/alerts?run=${run}`);
  expect(told.map((alert) => alert.title)).toEqual([title]);
  await page.goto('/campaigns');
  await page.getByRole('link', { name: /^Alerts, \d+ unread$/ }).click();
  const line = page.getByRole('list', { name: 'Alerts' }).getByRole('listitem').first();
  await expect(line).toContainText(title);
  await expectAccessible(page);
  await line.getByRole('link', { name: 'Open the run' }).click();
  await expect(page).toHaveURL(new RegExp(`/runs/${run}$`));
  await expect(page.getByRole('main')).toContainText('Look at the rules');
});

test('an activity that failed is tried again, and given up', async ({ page, server, request }, {
  project,
}) => {
  test.setTimeout(120_000);
  const name = `retried_${project.name}`;
  await campaignOf(
    request,
    name,
    `Retried ${project.name}`,
    [
      aFew(),
      {
        id: 'score',
        type: 'http-call',
        label: 'Ask for scores',
        url: 'https://127.0.0.1:9/scores',
        columns: ['customer_id'],
        on_error: { retry: { attempts: 1, backoff: '1s' }, then: 'pause' },
      },
      END,
    ],
    [
      ['few', 'score'],
      ['score', 'done'],
    ],
  );
  const run = await start(request, name);
  await expect.poll(() => activityState(server, run, 'score'), { timeout: 60_000 }).toBe('failed');
  await expect.poll(() => stateOf(server, run)).toBe('paused');
  await page.goto(`/runs/${run}`);
  const trouble = page.getByRole('alert').filter({ hasText: 'Ask for scores' });
  await expect(trouble).toBeVisible();
  await expectAccessible(page);
  const tried = page.waitForResponse(/\/activities\/score\/retry/);
  await trouble.getByRole('button', { name: 'Try again' }).click();
  expect((await tried).ok()).toBe(true);
  await expect.poll(() => activityState(server, run, 'score'), { timeout: 60_000 }).toBe('failed');
  await expect.poll(() => stateOf(server, run)).toBe('paused');
  await page.reload();
  await trouble.getByRole('button', { name: 'Give it up' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Give it up' }).click();
  await expect.poll(() => activityState(server, run, 'score')).toBe('skipped');
});

test('a mail server that is away is waited for, and asked again', async ({
  page,
  server,
  request,
}, { project }) => {
  test.setTimeout(180_000);
  const name = `away_${project.name}`;
  const known = await server.get<{ smtp: object }>('/documents/channel/email_demo');
  const channel = {
    kind: 'channel',
    name,
    label: `Away ${project.name}`,
    channel: 'email',
    category: 'transactional',
    from: { name: 'Shop', address: 'shop@shop.example' },
    unsubscribe: 'off',
    retry: { attempts: 1, backoff_s: 1, window_s: 1 },
  };
  // Nobody listens there.
  const away = { host: '127.0.0.1', port: 9, tls: 'none' };
  await apply(request, { ...channel, smtp: away });
  await campaignOf(
    request,
    name,
    `Away ${project.name}`,
    [
      aFew(20),
      {
        id: 'letter',
        type: 'email',
        label: 'The letter',
        channel: name,
        subject: 'Hello',
        html: '<p>Hello.</p>',
        send: 'auto',
      },
      END,
    ],
    [
      ['few', 'letter'],
      ['letter', 'done'],
    ],
  );
  const run = await start(request, name);
  const held = async () => {
    const { activities } = await server.get<RunSummary>(`/runs/${run}`);
    return activities.find(({ id }) => id === 'letter')?.hold?.kind;
  };
  await expect.poll(held, { timeout: 120_000 }).toBe('provider_down');
  await page.goto(`/runs/${run}`);
  const letter = page.getByRole('region', { name: 'The letter' });
  await expect(letter).toBeVisible();
  await expectAccessible(page);
  await apply(request, { ...channel, smtp: known.smtp });
  await letter.getByRole('button', { name: 'Try again' }).click();
  await expect(letter).toBeHidden();
  await expect.poll(() => stateOf(server, run), { timeout: 60_000 }).toBe('completed');
  const { deliveries } = await server.get<RunSummary>(`/runs/${run}`);
  expect(deliveries[0]?.sent).toBeGreaterThan(0);
});

test('a campaign is published, taken back, archived and restored', async ({
  page,
  server,
  request,
}, { project }) => {
  const name = `lives_${project.name}`;
  const label = `Lives ${project.name}`;
  const schedule = { type: 'daily', at: '07:00' };
  await campaignOf(request, name, label, [aFew(), END], [['few', 'done']], { schedule });
  const state = async () => (await server.get<Campaign>(`/campaigns/${name}`)).state;
  await page.goto(`/campaigns/${name}`);
  const dialog = page.getByRole('dialog');
  const become = async (deed: string) => {
    await page.getByRole('button', { name: 'More for this campaign' }).click();
    await page.getByRole('menuitem', { name: deed, exact: true }).click();
    await expectAccessible(page);
    await dialog.getByRole('button', { name: deed, exact: true }).click();
    await expect(dialog).toBeHidden();
  };
  await become('Publish');
  await expect.poll(state).not.toBe('draft');
  await become('Back to draft');
  await expect.poll(state).toBe('draft');
  await become('Publish');
  await expect.poll(state).not.toBe('draft');
  await become('Archive');
  await expect.poll(state).toBe('archived');
  await become('Restore');
  await expect.poll(state).not.toBe('archived');
});

test('many campaigns are published at once, after a question', async ({
  page,
  server,
  request,
}) => {
  const label = unique('Together');
  const base = label.toLowerCase().replaceAll(' ', '_');
  const schedule = { type: 'daily', at: '07:00' };
  const names = [`${base}_a`, `${base}_b`];
  for (const name of names) {
    const called = `${label} ${name.slice(-1)}`;
    await campaignOf(request, name, called, [aFew(), END], [['few', 'done']], { schedule });
  }
  await page.goto(`/campaigns?search=${encodeURIComponent(label)}`);
  await expect(page.getByRole('table', { name: 'Campaigns' }).getByRole('row')).toHaveCount(3);
  await page.getByRole('checkbox', { name: 'Choose all' }).check();
  const bar = page.getByRole('toolbar', { name: 'With the chosen campaigns' });
  await bar.getByRole('button', { name: 'Publish', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText(`${label} a`);
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Publish', exact: true }).click();
  await expect(bar).toBeHidden();
  for (const name of names) {
    expect((await server.get<Campaign>(`/campaigns/${name}`)).state).not.toBe('draft');
  }
});

test('what an incremental query has taken is told, and forgotten', async ({
  page,
  server,
  request,
}, { project }) => {
  const name = `new_ones_${project.name}`;
  const query = {
    id: 'fresh',
    type: 'incremental-query',
    label: 'New ones',
    dimension: 'customers',
    where: few(2),
    mode: 'keys',
  };
  await campaignOf(request, name, `New ones ${project.name}`, [query, END], [['fresh', 'done']]);
  const run = await start(request, name);
  await expect.poll(() => stateOf(server, run)).toBe('completed');
  await page.goto(`/campaigns/${name}?edit=yes&activity=fresh`);
  const panel = page.getByRole('complementary', { name: 'Activity New ones' });
  await expect(panel).toContainText('Rows whose keys no run has taken are new.');
  await expectAccessible(page);
  await panel.getByRole('button', { name: 'Begin anew' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('All rows are new to the next run');
  await dialog.getByRole('button', { name: 'Begin anew' }).click();
  await expect(dialog).toBeHidden();
  await expect(panel).toContainText('No run has taken anything yet');
});
