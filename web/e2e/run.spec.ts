import type {
  LedgerPage,
  LogEntry,
  RunListed,
  RunSummary,
  TaskPage,
  Trace,
} from '../src/api/types';
import { count, expect, expectAccessible, test } from './support';

test('lists runs, newest first', async ({ page, server }) => {
  const runs = await server.get<RunListed[]>('/runs?limit=100');
  await page.goto('/runs');
  const table = page.getByRole('table', { name: 'Runs' });
  await expect(table.getByRole('row')).toHaveCount(runs.length + 1);
  await expect(table.getByRole('row').nth(1).getByRole('link')).toHaveAttribute(
    'href',
    `/runs/${runs[0]?.run ?? ''}`,
  );
  await expectAccessible(page);
});

test('the figures of a run are those of its summary', async ({ page, server }) => {
  const { run } = await server.largestRun();
  await page.goto(`/runs/${run.run}`);
  const figures = page.getByRole('region', { name: 'Figures' });
  const sum = (field: 'targeted' | 'sent' | 'excluded') =>
    count(run.deliveries.reduce((total, delivery) => total + delivery[field], 0));
  await expect(figures).toContainText(`Targeted${sum('targeted')}`);
  await expect(figures).toContainText(`Sent${sum('sent')}`);
  await expect(figures).toContainText(`Excluded${sum('excluded')}`);
  await expect(figures).toContainText('all accounted for');
  const reasons = new Set(run.deliveries.flatMap(({ exclusions }) => Object.keys(exclusions)));
  const bars = page.getByRole('list', { name: 'Exclusions by reason' });
  if (reasons.size > 0) await expect(bars.getByRole('listitem')).toHaveCount(reasons.size);
  await expectAccessible(page);
});

test('the ledger is filtered and paged by the address', async ({ page, server }) => {
  const { run } = await server.largestRun();
  const all = await server.get<LedgerPage>(`/runs/${run.run}/ledger?limit=1`);
  await page.goto(`/runs/${run.run}`);
  const pages = page.getByRole('navigation', { name: 'Pages of lines' });
  await expect(pages).toContainText(`of ${count(all.total)} lines`);
  for (const [status, lines] of Object.entries(all.counts)) {
    if (lines === 0) continue;
    await page.goto(`/runs/${run.run}?status=${status}`);
    await expect(pages).toContainText(`of ${count(lines)} lines`);
  }
  const key = all.rows[0]?.key ?? '';
  await page.goto(`/runs/${run.run}`);
  await page.getByRole('searchbox', { name: 'Search key or address' }).fill(key);
  await expect(page.getByRole('button', { name: key, exact: true }).first()).toBeVisible();
  await expect(page).toHaveURL(/search=/);
  await page.getByRole('searchbox').fill('nobody is called like this');
  await expect(page.getByText('No such line')).toBeVisible();
});

test('a sent line opens the message that was caught', async ({ page, server }) => {
  const { run } = await server.largestRun();
  const sent = await server.get<LedgerPage>(`/runs/${run.run}/ledger?status=sent&limit=1`);
  const [line] = sent.rows;
  if (line === undefined) throw new Error('the run has sent nothing');
  await page.goto(`/runs/${run.run}?status=sent&activity=${line.activity}`);
  await page.getByRole('button', { name: line.key, exact: true }).first().click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText(line.address ?? '');
  await expect(dialog.getByRole('article', { name: 'Message' })).toBeVisible();
  await dialog.getByText('Headers', { exact: true }).click();
  await expect(dialog).toContainText(run.run);
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
});

test('an excluded line says why there is no message', async ({ page, server }) => {
  const { run } = await server.largestRun();
  const left = await server.get<LedgerPage>(`/runs/${run.run}/ledger?status=excluded&limit=1`);
  const [line] = left.rows;
  test.skip(line === undefined, 'nobody was excluded');
  await page.goto(`/runs/${run.run}?line=${line?.key ?? ''}&of=${line?.activity ?? ''}`);
  await expect(page.getByRole('dialog')).toContainText('This person was left out');
});

test('the log is filtered and searched by the address', async ({ page, server }) => {
  const { run } = await server.largestRun();
  const lines = await server.get<LogEntry[]>(`/logs?run=${run.run}&limit=1000`);
  const said = lines.find(({ activity }) => activity !== null);
  if (said === undefined) throw new Error('no activity of the run has said anything');
  await page.goto(`/runs/${run.run}`);
  await page.getByRole('tab', { name: 'Log' }).click();
  const table = page.getByRole('table', { name: 'Lines of the log' });
  await expect(table.getByRole('row')).toHaveCount(Math.min(lines.length, 100) + 1);
  await expect(table.getByRole('row').nth(1)).toContainText((lines[0]?.message ?? '').slice(1));
  await page.getByRole('searchbox', { name: 'Search the log' }).fill(said.message.toUpperCase());
  const found = lines.filter(({ message }) => message.includes(said.message)).length;
  await expect(table.getByRole('row')).toHaveCount(found + 1);
  await expect(page).toHaveURL(/tab=logs.*search=/);
  await page.goto(`/runs/${run.run}?tab=logs&activity=${said.activity ?? ''}`);
  const about = lines.filter(({ activity }) => activity === said.activity).length;
  await expect(table.getByRole('row')).toHaveCount(about + 1);
  await page.goto(`/runs/${run.run}?tab=logs&level=error&search=no+such+words`);
  await expect(page.getByText('The log says nothing like that.')).toBeVisible();
  await expectAccessible(page);
});

test('the tasks say what each activity did, with its values', async ({ page, server }) => {
  const { run } = await server.largestRun();
  const { tasks } = await server.get<TaskPage>(`/runs/${run.run}/tasks`);
  const sending = tasks.find(({ results }) => 'sent' in results);
  if (sending === undefined) throw new Error('no activity of the run has sent anything');
  await page.goto(`/runs/${run.run}?tab=tasks`);
  const table = page.getByRole('table', { name: 'Tasks' });
  await expect(table.getByRole('row')).toHaveCount(tasks.length + 1);
  await expectAccessible(page);
  await page.getByRole('searchbox', { name: 'Search tasks' }).fill(sending.activity);
  await expect(page).toHaveURL(/search=/);
  const row = table.getByRole('row').filter({ hasText: sending.note ?? '' });
  await row.getByRole('button').first().click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText(sending.note ?? '');
  const results = dialog.getByRole('table', { name: 'Results' });
  await expect(results.getByRole('row', { name: /^sent/ })).toContainText(
    String(sending.results.sent),
  );
  await expect(dialog.getByRole('table', { name: 'Variables' })).toContainText('run_id');
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
});

test('a run is begun again from its page', async ({ page, server, request }) => {
  const { run } = await server.largestRun();
  const started = await request.post(`/api/v1/campaigns/${run.campaign}/run`, {
    data: { mode: 'test' },
  });
  const { run: first } = (await started.json()) as { run: string };
  const state = async (id: string) => (await server.get<RunSummary>(`/runs/${id}`)).state;
  await expect.poll(() => state(first)).toBe('completed');
  await page.goto(`/runs/${first}`);
  await page.getByRole('button', { name: 'Restart' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('radio', { name: 'From an activity' })).toBeDisabled();
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Restart' }).click();
  await expect(dialog).toBeHidden();
  await expect(page).not.toHaveURL(new RegExp(first));
  const again = page.url().split('/').at(-1) ?? '';
  await expect.poll(() => state(again)).toBe('completed');
  await page.getByRole('tab', { name: 'Log' }).click();
  await expect(page.getByText(`as \`${first}\``)).toBeVisible();
});

test('a row is followed through the run', async ({ page, server }) => {
  const { run } = await server.largestRun();
  const sent = await server.get<LedgerPage>(`/runs/${run.run}/ledger?status=sent&limit=1`);
  const key = sent.rows[0]?.key ?? '';
  const trace = await server.get<Trace>(`/runs/${run.run}/trace/${encodeURIComponent(key)}`);
  await page.goto(`/runs/${run.run}`);
  await page.getByRole('textbox', { name: 'Follow a key' }).fill(key);
  await page.keyboard.press('Enter');
  const story = page.getByRole('region', { name: 'The way of the row' });
  if (!trace.outcome.includes('`')) await expect(story).toContainText(trace.outcome.slice(1));
  // Ids are said by their labels and times as people write them.
  const because = trace.reasons.flatMap((reason) => reason.because);
  for (const words of because.filter((text) => !/`|\dT\d/.test(text))) {
    await expect(story).toContainText(words);
  }
  await expectAccessible(page);
});

test('every row of a population leads to its way', async ({ page, server }) => {
  const { campaign, run } = await server.largestRun();
  const [transition] = run.transitions.filter(({ rows }) => (rows ?? 0) > 0);
  if (transition === undefined) throw new Error('the run has no rows');
  const port = `${transition.from}.${transition.port}`;
  await page.goto(`/campaigns/${campaign.document.name}?run=${run.run}&port=${port}`);
  await page.getByRole('link', { name: 'Its way' }).first().click();
  await expect(page).toHaveURL(new RegExp(`/runs/${run.run}/trace/`));
  await expect(page.getByRole('region', { name: 'The way of the row' })).toBeVisible();
});

test('messages that are held are confirmed, and an activity at a breakpoint is given up', async ({
  page,
  server,
  request,
}, { project }) => {
  const channels = await server.get<{ name: string }[]>('/documents/channel');
  const name = `held_${project.name}`;
  const document = {
    kind: 'campaign',
    name,
    label: `Held ${project.name}`,
    canvas: {
      activities: [
        {
          id: 'few',
          type: 'build-audience',
          label: 'A few',
          dimension: 'customers',
          where: {
            combinator: 'and',
            rules: [{ field: 'customer_id', operator: 'in', value: ['c0000001', 'c0000002'] }],
          },
        },
        {
          id: 'letter',
          type: 'email',
          label: 'The letter',
          channel: channels[0]?.name,
          subject: 'Hello',
          html: '<p>Hello. <a href="{{ unsubscribe_url }}">Unsubscribe</a></p>',
          send: 'hold',
        },
        { id: 'done', type: 'end', label: 'The end', breakpoint: true },
      ],
      transitions: [
        { from: 'few', to: 'letter' },
        { from: 'letter', to: 'done' },
      ],
    },
  };
  const file = { path: 'held.json', text: JSON.stringify(document) };
  const applied = await request.post('/api/v1/documents/apply', { data: { files: [file] } });
  expect(applied.ok(), await applied.text()).toBe(true);
  const started = await request.post(`/api/v1/campaigns/${name}/run`, { data: { mode: 'live' } });
  const { run } = (await started.json()) as { run: string };
  const state = async (id: string) =>
    (await server.get<RunSummary>(`/runs/${run}`)).activities.find((each) => each.id === id)?.state;
  await expect.poll(() => state('letter')).toBe('held');

  await page.goto(`/runs/${run}`);
  const held = page.getByRole('region', { name: 'The letter' });
  await expect(held).toContainText('“The letter” holds');
  // Who resumes the run sends as well, and is told so.
  const summary = await server.get<RunSummary>(`/runs/${run}`);
  const { targeted = 0, excluded = 0 } = summary.deliveries[0] ?? {};
  await expect(held).toContainText(`Messages${count(targeted - excluded)}`);
  await page.getByRole('button', { name: 'Resume' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText(`Messages${count(targeted - excluded)}`);
  await expect(dialog.getByRole('link', { name: 'Show who arrives here' })).toHaveAttribute(
    'href',
    new RegExp(`/runs/${run}/rows/few`),
  );
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expectAccessible(page);
  await held.getByRole('button', { name: 'Confirm the sending' }).click();
  await expect(held).toBeHidden();
  await expect.poll(() => state('letter')).toBe('completed');

  const halted = page.getByRole('region', { name: 'The end' });
  await expect(halted).toContainText('breakpoint');
  await halted.getByRole('button', { name: 'Give it up' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Give it up' }).click();
  await expect.poll(() => state('done')).toBe('skipped');
  await expect(halted).toBeHidden();
});
