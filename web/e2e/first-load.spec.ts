import type { Page } from '@playwright/test';
import { expect, test } from './support';

/** What a first visit may take over the wire, in bytes: code, styles, fonts and answers, as they are compressed. */
const LIST_BYTES_MAX = 500 * 1024;
const CANVAS_BYTES_MAX = 1_200 * 1024;

test('the list of campaigns comes in few bytes', async ({ page }) => {
  const loaded = await bytesOf(page);
  await page.goto('/campaigns');
  await expect(
    page.getByRole('table', { name: 'Campaigns' }).getByRole('row').nth(1),
  ).toBeVisible();
  tell('the list of campaigns', await loaded(), LIST_BYTES_MAX);
});

test('a canvas to look at comes in few bytes', async ({ page, server }) => {
  const { run } = await server.largestRun();
  const loaded = await bytesOf(page);
  await page.goto(`/campaigns/${run.campaign}?run=${run.run}`);
  await expect(page.getByRole('button', { name: /, completed$/ }).first()).toBeVisible();
  tell('a canvas with a run', await loaded(), CANVAS_BYTES_MAX);
});

test('a canvas to work on comes in few bytes', async ({ page, server }) => {
  const { run } = await server.largestRun();
  const loaded = await bytesOf(page);
  await page.goto(`/campaigns/${run.campaign}?edit=yes`);
  await expect(page.locator('[data-activity]').first()).toBeVisible();
  tell('a canvas to work on', await loaded(), CANVAS_BYTES_MAX);
});

/** Counts what comes over the wire from now on, up to when it is asked for and nothing more is on its way. */
async function bytesOf(page: Page): Promise<() => Promise<number>> {
  let bytes = 0;
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  await session.send('Network.setCacheDisabled', { cacheDisabled: true });
  session.on('Network.loadingFinished', ({ encodedDataLength }) => (bytes += encodedDataLength));
  return async () => {
    await page.waitForLoadState('networkidle');
    return bytes;
  };
}

function tell(what: string, bytes: number, most: number): void {
  const size = `${what}: ${Math.ceil(bytes / 1024)} KB of ${Math.round(most / 1024)} KB`;
  test.info().annotations.push({ type: 'first load', description: size });
  process.stdout.write(`${size}\n`);
  expect(bytes, size).toBeLessThan(most);
  expect(bytes, 'something was loaded').toBeGreaterThan(50 * 1024);
}
