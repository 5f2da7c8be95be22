import type { ServerStatus } from '../src/api/types';
import { expect, expectAccessible, test } from './support';

test('the theme is remembered', async ({ page }, { project }) => {
  const other = project.name === 'dark' ? 'light' : 'dark';
  await page.goto('/tables');
  const root = page.locator('html');
  await expect(root).toHaveAttribute('data-mantine-color-scheme', project.name);
  await page.getByRole('button', { name: `Use the ${other} theme` }).click();
  await expect(root).toHaveAttribute('data-mantine-color-scheme', other);
  await page.reload();
  await expect(root).toHaveAttribute('data-mantine-color-scheme', other);
});

test('the status line tells the version, and the areas are reached by name', async ({
  page,
  server,
}) => {
  const { version } = await server.get<ServerStatus>('/status');
  await page.goto('/campaigns');
  await expect(page.getByText(`Tutti ${version}`)).toBeVisible();
  const main = page.getByRole('navigation', { name: 'Main' });
  for (const area of ['Runs', 'Caught mails', 'Tables', 'Campaigns']) {
    await main.getByRole('link', { name: area }).click();
    await expect(page.getByRole('heading', { level: 1, name: area })).toBeVisible();
  }
});

test('an address that leads nowhere, and a server that does not answer, are told', async ({
  page,
}) => {
  await page.goto('/nowhere');
  await expect(page.getByText('There is nothing here')).toBeVisible();
  await expectAccessible(page);
  await page.route('**/api/v1/**', (route) => route.abort());
  await page.goto('/tables');
  await expect(page.getByText('Server out of reach')).toBeVisible();
  await expect(page.getByRole('alert')).toContainText('Tables cannot be listed');
  await expectAccessible(page);
});

test('nothing is cut off at 1280 pixels', async ({ page, server }) => {
  const { run } = await server.largestRun();
  await page.setViewportSize({ width: 1280, height: 800 });
  for (const path of [
    '/campaigns',
    `/campaigns/${run.campaign}?run=${run.run}`,
    `/runs/${run.run}`,
    '/mails',
    '/tables',
  ]) {
    await page.goto(path);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    const wider = await page.evaluate(() => {
      const main = document.querySelector('main');
      return main === null ? 0 : main.scrollWidth - main.clientWidth;
    });
    expect(wider, path).toBe(0);
  }
});
