import type { Report, ReportPerson } from '../src/api/dataTypes';
import { count, expect, expectAccessible, test } from './support';

test('a report shows its figures, and each opens as many people as it says', async ({
  page,
  server,
}) => {
  const { run } = await server.largestRun();
  const report = await server.get<Report>(`/reports?run=${run.run}`);
  await page.goto(`/reports?kind=run&name=${run.run}`);
  const figures = page.getByRole('region', { name: 'Figures' });
  await expect(figures).toContainText(`Targeted${count(report.figures.targeted)}`);
  await expect(figures).toContainText(`Excluded${count(report.figures.excluded)}`);
  const rates = page.getByRole('table', { name: 'Rates' });
  await expect(rates).toContainText('sent + in doubt − bounced');
  await expectAccessible(page);
  for (const figure of ['Sent', 'Excluded'] as const) {
    await page.goto(`/reports?kind=run&name=${run.run}`);
    const shown = report.figures[figure === 'Sent' ? 'sent' : 'excluded'];
    await figures
      .getByRole('link', { name: count(shown), exact: true })
      .first()
      .click();
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await expect(page.getByRole('navigation', { name: 'Pages of lines' })).toContainText(
      count((await server.get<{ total: number }>(behind(page.url()))).total),
    );
  }
  await expectAccessible(page);
});

test('a breakdown is compared, and its rows open their people', async ({ page, server }) => {
  const { run } = await server.largestRun();
  await page.goto(`/reports?kind=campaign&name=${run.campaign}&by=domain`);
  const apart = page.getByRole('region', { name: 'Told apart' }).first();
  await expect(apart.getByRole('table')).toBeVisible();
  const chart = apart.getByRole('img', { name: 'E-mail domain' });
  await expect(chart.locator('svg')).toBeVisible();
  await apart.getByRole('row').nth(1).getByRole('link').first().click();
  await expect(page).toHaveURL(/by=domain/);
  const { total, rows } = await server.get<{ total: number; rows: ReportPerson[] }>(
    behind(page.url()),
  );
  await expect(page.getByRole('table').getByRole('row')).toHaveCount(Math.min(total, 100) + 1);
  await page.getByRole('table').getByRole('link', { name: rows[0]?.key, exact: true }).click();
  await expect(page).toHaveURL(new RegExp(`/people/${rows[0]?.dimension}/`));
});

test('campaigns, channels and runs are offered, and reports stand side by side', async ({
  page,
  server,
}) => {
  const { run } = await server.largestRun();
  await page.goto('/reports');
  await expectAccessible(page);
  await page.getByRole('region', { name: 'Campaigns' }).getByRole('link').first().click();
  await expect(page.getByRole('region', { name: 'Figures' })).toBeVisible();
  await page.goto(`/reports?kind=campaign&name=${run.campaign}`);
  // What is on its way makes the page longer, and a list whose field leaves the window is hidden.
  await expect(page.getByRole('table', { name: 'Told apart' })).toBeVisible();
  await expect(page.getByRole('status', { name: 'Loading the report' })).toHaveCount(0);
  await page.getByRole('combobox', { name: 'Choose what to compare with' }).click();
  await page.getByRole('option').first().click();
  await expect(page.getByRole('table', { name: 'Beside others' })).toBeVisible();
});

/** The API's path of the page with the people. */
function behind(url: string): string {
  const query = new URL(url).searchParams;
  const kind = query.get('kind') ?? '';
  query.set(kind, query.get('name') ?? '');
  query.delete('kind');
  query.delete('name');
  query.delete('page');
  return `/reports/people?${query.toString()}`;
}

test('a population is a table: ordered, searched, scrolled, and each row opens its person', async ({
  page,
  server,
}) => {
  const { run } = await server.largestRun();
  const largest = [...run.transitions].sort((a, b) => (b.rows ?? 0) - (a.rows ?? 0))[0];
  const { from = '', port = 'out', rows = 0 } = largest ?? {};
  await page.goto(`/runs/${run.run}/rows/${from}?port=${port}`);
  const table = page.getByRole('table', { name: 'Rows' });
  await expect(table).toHaveAttribute('aria-rowcount', String((rows ?? 0) + 1));
  await expectAccessible(page);
  await table.getByRole('columnheader').nth(1).getByRole('button').click();
  await expect(table.getByRole('columnheader').nth(1)).toHaveAttribute('aria-sort', 'ascending');
  await page.getByRole('region', { name: 'Rows' }).evaluate((window) => {
    window.scrollTop = window.scrollHeight;
  });
  const last = table.locator(`tr[aria-rowindex="${(rows ?? 0) + 1}"]`);
  await expect(last).toBeVisible();
  await expect(last.getByRole('cell').nth(1)).not.toHaveText('…');
  await last.getByRole('link').click();
  await expect(page).toHaveURL(/\/people\//);
});
