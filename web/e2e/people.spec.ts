import type { PersonView } from '../src/api/dataTypes';
import type { LedgerPage } from '../src/api/types';
import { expect, expectAccessible, test } from './support';

test('a person is found, with messages, links and the way through a run', async ({
  page,
  server,
}) => {
  const { run } = await server.largestRun();
  const { rows } = await server.get<LedgerPage>(`/runs/${run.run}/ledger?status=excluded&limit=1`);
  const key = rows[0]?.key ?? '';
  await page.goto('/people');
  await expect(page.getByRole('table', { name: 'People' })).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('searchbox', { name: 'Key, address or name' }).fill(key);
  const found = page.getByRole('link', { name: key, exact: true });
  await found.click();
  await expect(page).toHaveURL(new RegExp(`/people/[a-z_]+/${key}$`));
  const dimension = new URL(page.url()).pathname.split('/')[2];
  const person = await server.get<PersonView>(`/people/${dimension}/${key}`);
  const messages = page.getByRole('table', { name: 'Messages' });
  await expect(messages.getByRole('row')).toHaveCount(person.messages.length + 1);
  await expect(messages).toContainText('Excluded');
  await expectAccessible(page);
  await messages.getByRole('button', { name: 'Way through the run' }).first().click();
  await expect(page.getByRole('dialog')).toContainText(`The way of ${key}`);
  await expect(page.getByRole('dialog').getByRole('listitem').first()).toBeVisible();
  await expectAccessible(page);
});

test('an address is kept out, found and let in again, each with a reason', async ({ page }, {
  project,
}) => {
  const domain = `${project.name}.example`;
  await page.goto('/register');
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('Suppression', { exact: true }).click();
  await dialog.getByRole('combobox', { name: 'What' }).click();
  await page.getByRole('option', { name: 'Domain' }).click();
  await dialog.getByRole('textbox', { name: 'Who' }).fill('not a domain');
  await dialog.getByRole('textbox', { name: 'Reason' }).fill('closed');
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(dialog.getByRole('alert')).toContainText('is no domain');
  await expectAccessible(page);
  await dialog.getByRole('textbox', { name: 'Who' }).fill(domain);
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(dialog).toBeHidden();
  await page.getByRole('searchbox', { name: 'Search values' }).fill(domain);
  const lines = page.getByRole('table', { name: 'Opt-outs and suppressions' });
  await expect(lines.getByRole('row')).toHaveCount(2);
  await expectAccessible(page);
  await page.getByRole('button', { name: `Remove ${domain}` }).click();
  await page.getByRole('dialog').getByRole('textbox', { name: 'Reason' }).fill('a mistake');
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await expect(page.getByText('No such line')).toBeVisible();
  await page.goto('/admin?section=audit');
  await expect(page.getByRole('table', { name: 'Audit log' })).toContainText(
    `email domain ${domain}`,
  );
  await expectAccessible(page);
});

test('a list is imported, and what cannot be read is told', async ({ page }, { project }) => {
  await page.goto('/register');
  await page.getByRole('button', { name: 'Import a list' }).click();
  const dialog = page.getByRole('dialog');
  const text = `a@${project.name}.test.example\nnobody\n`;
  await dialog.locator('input[type=file]').setInputFiles({
    name: 'list.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from(text),
  });
  await dialog.getByRole('textbox', { name: 'Reason' }).fill('old list');
  await dialog.getByRole('button', { name: 'Import a list' }).click();
  await expect(dialog.getByRole('status')).toContainText('1 added, 0 were there already, 1 could');
  await expect(dialog.getByRole('table', { name: 'Rejected rows' })).toContainText('nobody');
});
