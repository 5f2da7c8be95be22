import type { LedgerPage, RunListed } from '../src/api/types';
import { count, expect, expectAccessible, test } from './support';

test('lists runs, newest first', async ({ page, server }) => {
  const runs = await server.get<RunListed[]>('/runs?limit=200');
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
