import type { APIRequestContext, Locator, Page } from '@playwright/test';
import type { ContentDraft, ContentListed } from '../src/api/contentTypes';
import type { CampaignDocument, Draft } from '../src/api/types';
import { expect, expectAccessible, test, type Server } from './support';

/** Where pictures of the pages go, for those who look at them. */
const SHOTS = process.env.TUTTI_SHOTS;
/** What a first visit may take over the wire. */
const LIST_BYTES_MAX = 500 * 1024;

function unique(label: string): string {
  return `${label} ${Date.now().toString(36)}`;
}

async function shot(page: Page, name: string): Promise<void> {
  const scheme = test.info().project.name;
  if (SHOTS !== undefined) await page.screenshot({ path: `${SHOTS}/${name}-${scheme}.png` });
}

/** Makes a content from a start, and opens it. */
async function create(page: Page, label: string, start: string): Promise<string> {
  await page.goto('/contents');
  await page.getByRole('button', { name: 'New content' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('What it is called').fill(label);
  await dialog.getByRole('radio', { name: new RegExp(`^${start}`) }).click();
  await dialog.getByRole('button', { name: 'Create' }).click();
  await expect(page).toHaveURL(/\/contents\/(content|fragment)\/[a-z0-9_]+/);
  return new URL(page.url()).pathname.split('/').at(-1) ?? '';
}

/** One of the choices that stand side by side. */
async function choose(within: Page | Locator, name: string): Promise<void> {
  const radio = within.getByRole('radio', { name, exact: true });
  await radio.locator('xpath=following-sibling::label').click();
}

function designer(page: Page) {
  return page.frameLocator('.gjs-frame');
}

async function draftOf(server: Server, name: string): Promise<ContentDraft> {
  return server.get<ContentDraft>(`/documents/content/${name}/draft`);
}

async function kept(page: Page): Promise<void> {
  await expect(page.getByRole('main').getByText(/^(Draft saved|Saved)$/)).toBeVisible();
}

test('a message is designed, seen and saved', async ({ page, server }) => {
  const name = await create(page, unique('News'), 'Newsletter');
  await expect(designer(page).getByText('What is new this month').first()).toBeVisible();
  await expectAccessible(page);
  await shot(page, 'designer');
  // Nothing was changed by opening it.
  expect((await draftOf(server, name)).revision).toBe(0);

  // A block behind what is selected, and how it looks.
  await page
    .getByRole('region', { name: 'Outline' })
    .getByRole('button', { name: 'Something small' })
    .click();
  await page.getByRole('region', { name: 'Add' }).getByRole('button', { name: 'Button' }).click();
  const look = page.getByRole('complementary', { name: 'How it looks' });
  await look.getByLabel('Words (HTML)').fill('Buy now');
  await look.getByLabel('Link', { exact: true }).fill('https://shop.example/buy');
  await look.getByLabel('Link', { exact: true }).press('Enter');
  await expect(designer(page).getByText('Buy now')).toBeVisible();
  await look.getByLabel('Show only if').fill("city == 'Lyon'");
  await look.getByLabel('Show only if').press('Enter');
  await expect(designer(page).getByText("{% if city == 'Lyon' %}")).toBeVisible();
  await kept(page);
  await expect(async () => {
    const { document } = await draftOf(server, name);
    expect(document.mjml).toContain('href="https://shop.example/buy"');
    expect(document.mjml).toMatch(
      /\{% if city == 'Lyon' %\}\s*<mj-button[^>]*>Buy now<\/mj-button>\s*\{% endif %\}/,
    );
  }).toPass();

  // The code is in step, both ways.
  await choose(page, 'Side by side');
  const code = page.getByRole('textbox', { name: 'Code of the message (MJML)' });
  await code.press('ControlOrMeta+f');
  await page.getByRole('textbox', { name: 'Find', exact: true }).fill('Buy now');
  await page.getByRole('textbox', { name: 'Replace', exact: true }).fill('Order now');
  await page.getByRole('button', { name: 'replace all' }).click();
  await expect(designer(page).getByText('Order now')).toBeVisible();
  await shot(page, 'side-by-side');

  // Seen with real people, one after the other.
  await choose(page, 'Preview');
  const preview = page.getByRole('region', { name: 'Preview' });
  await expect(preview.getByText(/^1 of [\d,]+$/)).toBeVisible();
  const frame = preview.frameLocator('iframe');
  await expect(frame.getByText('What is new this month').first()).toBeVisible();
  const first = await preview.getByText(/^To /).textContent();
  await preview.getByRole('button', { name: 'The next one' }).click();
  await expect(preview.getByText(/^2 of/)).toBeVisible();
  await expect(preview.getByText(/^To /)).not.toHaveText(first ?? '');
  await expectAccessible(page);
  await shot(page, 'preview-desktop');
  await choose(preview, 'Phone');
  await shot(page, 'preview-phone');
  await choose(preview, 'Text');
  await expect(preview.locator('pre')).toContainText('What is new this month');

  await page.getByRole('button', { name: 'Save version' }).click();
  await expect(page.getByRole('main').getByText('Saved', { exact: true })).toBeVisible();
  await expect(page.getByText('Version 2')).toBeVisible();
  const listed = (await server.get<ContentListed[]>('/contents')).find(
    (each) => each.name === name,
  );
  expect(listed).toMatchObject({ version: 2, draft: false, format: 'mjml' });
});

test('older versions come back', async ({ page, server }) => {
  const name = await create(page, unique('Versions'), 'Letter');
  await page.getByLabel('Subject').fill('Another subject');
  await kept(page);
  await page.getByRole('button', { name: 'Save version' }).click();
  await expect(page.getByText('Version 2')).toBeVisible();
  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'Versions' }).click();
  const dialog = page.getByRole('dialog', { name: 'Versions' });
  await dialog.getByRole('button', { name: /^Version 1/ }).click();
  await expect(dialog.getByText('Differs from what you have now in: Subject.')).toBeVisible();
  await expectAccessible(page);
  await shot(page, 'versions');
  await dialog.getByRole('button', { name: 'Restore this version' }).click();
  await expect(page.getByLabel('Subject')).toHaveValue('A few words from us');
  expect((await draftOf(server, name)).version).toBe(3);
});

test('every design renders right for real people', async ({ page }) => {
  test.setTimeout(180_000);
  for (const start of ['Newsletter', 'Promotion', 'Welcome', 'Receipt', 'Reminder', 'Letter']) {
    await create(page, unique(start), start);
    await choose(page, 'Preview');
    const preview = page.getByRole('region', { name: 'Preview' });
    await expect(preview.getByText(/^1 of [\d,]+$/)).toBeVisible();
    await expect(preview.frameLocator('iframe').getByText('Unsubscribe')).toBeVisible();
    await page.getByRole('tab', { name: 'Checks' }).click();
    await expect(page.getByText('Nothing to mend.')).toBeVisible();
    await shot(page, `design-${start.toLowerCase()}`);
    await choose(preview, 'Phone');
    await choose(preview, 'Dark');
    await expect(preview.frameLocator('iframe').getByText('Unsubscribe')).toBeVisible();
    // Nothing is cut off or pushes the page aside.
    const overflow = await preview
      .frameLocator('iframe')
      .locator('body')
      .evaluate((body) => body.scrollWidth - body.ownerDocument.documentElement.clientWidth);
    expect(overflow, `${start} on a phone`).toBeLessThanOrEqual(0);
    await shot(page, `design-${start.toLowerCase()}-phone-dark`);
  }
});

test('fields are written where the cursor is', async ({ page, server }) => {
  const name = await create(page, unique('Fields'), 'Own HTML');
  const subject = page.getByLabel('Subject');
  await subject.fill('Hello ');
  await page.getByLabel('Search fields').fill('first');
  const field = page.getByRole('region', { name: 'Fields' }).getByRole('button').first();
  await expect(field).toContainText(/first/i);
  await subject.focus();
  await subject.press('End');
  await field.click();
  await expect(subject).toHaveValue(/^Hello \{\{ first_name \}\}$/);
  await page
    .getByRole('button', { name: /^Ways to write/ })
    .first()
    .click();
  await page.getByRole('button', { name: /^Or else/ }).click();
  await expect(subject).toHaveValue("Hello {{ first_name }}{{ first_name | default('…') }}");
  await expectAccessible(page);

  // A name that nobody has is told, with its place and the nearest there is.
  await subject.fill('Hello {{ frist_name }}');
  await page.getByRole('tab', { name: 'Checks' }).click();
  const checks = page.getByRole('tabpanel', { name: 'Checks' });
  await expect(checks.getByText('Did you mean `first_name`?')).toBeVisible();
  await shot(page, 'checks');
  await kept(page);
  expect((await draftOf(server, name)).check.warnings.map(({ code }) => code)).toContain(
    'unknown_field',
  );
});

test('a proof is sent and marked', async ({ page, server }) => {
  await create(page, unique('Proof'), 'Promotion');
  await page.getByRole('button', { name: 'Send a proof' }).click();
  const dialog = page.getByRole('dialog');
  const address = `boss-${Date.now().toString(36)}@shop.example`;
  await dialog.getByLabel('To', { exact: true }).fill(address);
  await page.keyboard.press('Enter');
  await expectAccessible(page);
  await shot(page, 'proof');
  await dialog.getByRole('button', { name: 'Send', exact: true }).click();
  await expect(dialog.getByText('1 message sent')).toBeVisible();
  interface Caught {
    messages: { id: string; subject: string }[];
  }
  const caught = await server.get<Caught>(
    `/catcher/messages?search=${encodeURIComponent(address)}`,
  );
  expect(caught.messages[0]?.subject).toBe('[Proof] 20% off until Sunday');
});

test('what two people change is brought together, or asked about', async ({
  page,
  server,
  request,
}) => {
  const name = await create(page, unique('Two'), 'Letter');
  await page.getByLabel('Subject').fill('Mine');
  await kept(page);
  await other(request, server, name, { preheader: 'Theirs' });
  await page.getByLabel('Subject').fill('Mine again');
  await expect(page.getByLabel('Preheader')).toHaveValue('Theirs');
  await kept(page);
  await other(request, server, name, { subject: 'Theirs' });
  await page.getByLabel('Subject').fill('Still mine');
  await expect(page.getByRole('button', { name: 'Keep mine' })).toBeVisible();
  await page.getByRole('button', { name: 'Keep mine' }).click();
  await kept(page);
  await expect(async () => {
    const { document } = await draftOf(server, name);
    expect([document.subject, document.preheader]).toEqual(['Still mine', 'Theirs']);
  }).toPass();
});

/** Somebody else's change of the draft. */
async function other(request: APIRequestContext, server: Server, name: string, part: object) {
  const { document, revision, base_version } = await draftOf(server, name);
  const response = await request.put(`/api/v1/documents/content/${name}/draft`, {
    data: { document: { ...document, ...part }, revision, base_version },
  });
  expect(response.ok()).toBe(true);
}

test('the message of an activity is designed for those who arrive', async ({ page, server }) => {
  await page.goto('/campaigns');
  await page.getByRole('button', { name: 'New campaign' }).first().click();
  await page.getByLabel('What it is called').fill(unique('Designed'));
  await page.getByRole('radio', { name: /^Mailing|mailing/ }).click();
  await page.getByRole('button', { name: 'Create' }).click();
  await expect(page).toHaveURL(/\/campaigns\/[a-z0-9_]+\?edit=yes/);
  const name = new URL(page.url()).pathname.split('/').at(-1) ?? '';
  const { document } = await server.get<Draft>(`/campaigns/${name}/draft`);
  const mail = document.canvas.activities.find(({ type }) => type === 'email');
  await page.locator(`[data-activity="${mail?.id ?? ''}"]`).click();
  const html = page.getByRole('textbox', { name: 'Message (HTML)' });
  await html.fill('');
  await page.getByRole('button', { name: 'Start from a design' }).click();
  await page.getByRole('menuitem', { name: 'Welcome' }).click();
  const dialog = page.getByRole('dialog');
  await expect(
    designer(page)
      .getByText(/^Welcome, /)
      .first(),
  ).toBeVisible();
  await choose(dialog, 'Preview');
  await expect(dialog.getByText(/^1 of [\d,]+$/)).toBeVisible();
  await expectAccessible(page);
  await shot(page, 'activity-message');
  await dialog.getByRole('button', { name: 'Done' }).click();
  await kept(page);
  await expect(async () => {
    const now = (await server.get<Draft>(`/campaigns/${name}/draft`)).document;
    expect(messageOf(now)?.mjml).toContain('<mj-button');
  }).toPass();

  // The same as a content that other campaigns can send.
  await page.getByRole('button', { name: 'Make a content of it' }).click();
  await expect(page.getByRole('link', { name: 'Open the content' })).toBeVisible();
  await kept(page);
  await expect(async () => {
    const listed = await server.get<ContentListed[]>('/contents');
    expect(listed.some((each) => each.name.startsWith(name))).toBe(true);
    const now = (await server.get<Draft>(`/campaigns/${name}/draft`)).document;
    expect(messageOf(now)).toMatchObject({ content: expect.stringContaining(name) });
  }).toPass();
});

function messageOf(document: CampaignDocument) {
  return document.canvas.activities.find(({ type }) => type === 'email');
}

test('by keyboard alone, in French', async ({ page, server }) => {
  await page.addInitScript(() => {
    if (window.self === window.top) localStorage.setItem('tutti-language', 'fr');
  });
  await page.goto('/contents');
  await expect(page.getByRole('heading', { name: 'Contenus' })).toBeVisible();
  await page.getByRole('button', { name: 'Nouveau contenu' }).first().focus();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('textbox').first()).toBeFocused();
  await page.keyboard.type(unique('Au clavier'));
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/contents\/content\//);
  await expect(dialog).toBeHidden();
  await expect(designer(page).getByText('Les nouveautés du mois').first()).toBeVisible();
  const name = new URL(page.url()).pathname.split('/').at(-1) ?? '';
  const outline = page.getByRole('region', { name: 'Plan' });
  await outline.getByRole('button', { name: 'Les nouveautés du mois' }).focus();
  await page.keyboard.press('Enter');
  await page.getByLabel('Texte (HTML)').focus();
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.type('Écrit au clavier');
  await page.keyboard.press('Tab');
  await expect(designer(page).getByText('Écrit au clavier')).toBeVisible();
  await expect(async () => {
    expect((await draftOf(server, name)).document.mjml).toContain('Écrit au clavier');
  }).toPass();
  await expectAccessible(page);
  await shot(page, 'french');
});

test('the list is small, searched and filtered', async ({ page }) => {
  const label = unique('Footer');
  await create(page, label, 'Fragment');
  await expect(page.getByRole('textbox', { name: 'Code of the message (HTML)' })).toContainText(
    'Words that many',
  );
  let bytes = 0;
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  await session.send('Network.setCacheDisabled', { cacheDisabled: true });
  session.on('Network.loadingFinished', ({ encodedDataLength }) => (bytes += encodedDataLength));
  await page.goto('/contents');
  await expect(page.getByRole('link', { name: label })).toBeVisible();
  expect(bytes).toBeLessThan(LIST_BYTES_MAX);
  await expectAccessible(page);
  await shot(page, 'contents');
  await page.getByLabel('Search contents').fill('nothing is called this');
  await expect(page.getByText('No such content')).toBeVisible();
  await page.getByLabel('Search contents').fill(label);
  await expect(page).toHaveURL(/search=Footer/);
  await page.getByRole('link', { name: label }).click();
  await expect(page.getByRole('heading', { name: label })).toBeVisible();
});
