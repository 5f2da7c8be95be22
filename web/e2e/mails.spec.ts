import type { CaughtMessage, CaughtPage } from '../src/api/types';
import { count, expect, expectAccessible, test } from './support';

test('a caught mail is read as HTML, text, headers and source', async ({ page, server }) => {
  const caught = await server.get<CaughtPage>('/catcher/messages?limit=50&offset=0');
  const [first] = caught.messages;
  if (first === undefined) throw new Error('the server under test has caught nothing');
  const message = await server.get<CaughtMessage>(`/catcher/messages/${first.id}`);
  await page.goto('/mails');
  const list = page.getByRole('region', { name: 'Messages' });
  await expect(list.getByRole('listitem')).toHaveCount(caught.messages.length);
  await expect(list).toContainText(`of ${count(caught.total)} mails`);
  await expectAccessible(page);

  await list.getByRole('link').first().click();
  await expect(page).toHaveURL(/message=/);
  const pane = page.getByRole('region', { name: 'Reading pane' });
  await expect(pane.getByRole('heading', { name: message.subject })).toBeVisible();
  await expect(pane).toContainText(message.to[0] ?? '');
  const frame = pane.locator('iframe');
  await expect(frame).toHaveAttribute('sandbox', '');
  await expect(frame).toHaveAttribute('srcdoc', /default-src 'none'/);

  await pane.getByText('Phone', { exact: true }).click();
  await expect(page).toHaveURL(/width=phone/);
  expect((await frame.boundingBox())?.width).toBeLessThan(400);
  await expectAccessible(page);

  await pane.getByText('Headers', { exact: true }).click();
  await expect(pane.locator('dt').filter({ hasText: /^X-Tutti-Run$/i })).toBeVisible();
  await pane.getByText('Source', { exact: true }).click();
  await expect(pane).toContainText('MIME-Version');
  await pane.getByText('Text', { exact: true }).click();
  await expect(page).toHaveURL(/view=text/);
});

test('mails are found by address, and an empty result says so', async ({ page, server }) => {
  const caught = await server.get<CaughtPage>('/catcher/messages?limit=1');
  const address = caught.messages[0]?.to[0] ?? '';
  await page.goto(`/mails?search=${encodeURIComponent(address)}`);
  const list = page.getByRole('region', { name: 'Messages' });
  await expect(list.getByRole('link').first()).toContainText(address);
  await page.getByRole('searchbox').fill('nobody is called like this');
  await expect(list).toContainText('No such mail');
});
