import type { APIRequestContext, Page } from '@playwright/test';
import type { ActivityState, CampaignDocument, Draft, RunSummary } from '../src/api/types';
import { expect, type Server } from './support';

/** Makes a campaign with an audience and an end, and opens its canvas. */
export async function create(page: Page, label: string): Promise<string> {
  await page.goto('/campaigns');
  await page.getByRole('button', { name: 'New campaign' }).first().click();
  await page.getByLabel('What it is called').fill(label);
  await page.getByRole('button', { name: 'Create' }).click();
  await expect(page).toHaveURL(/\/campaigns\/[a-z0-9_]+\?edit=yes/);
  await expect(node(page, 'Everyone')).toBeVisible();
  return new URL(page.url()).pathname.split('/').at(-1) ?? '';
}

export function node(page: Page, label: string) {
  return page.locator(`[data-activity]`).filter({ hasText: label }).first();
}

export async function kept(page: Page): Promise<void> {
  await expect(page.getByRole('main').getByText(/^(Draft saved|Saved)$/)).toBeVisible();
}

export async function document(server: Server, name: string): Promise<CampaignDocument> {
  return (await server.get<Draft>(`/campaigns/${name}/draft`)).document;
}

export function unique(label: string): string {
  return `${label} ${Date.now().toString(36)}`;
}

/** Puts what is chosen in the list of kinds that is open. */
export async function choose(page: Page, kind: string): Promise<void> {
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('combobox').fill(kind);
  await expect(dialog.getByRole('option', { selected: true })).toContainText(kind);
  await page.keyboard.press('Enter');
  await expect(dialog).toBeHidden();
}

export async function save(page: Page): Promise<void> {
  await kept(page);
  await page.getByRole('button', { name: 'Save version' }).click();
  await expect(page.getByText('Unsaved changes')).toBeHidden();
}

/** A few people of the demo, as a rule. */
export function few(count: number) {
  const keys = Array.from({ length: count }, (_, at) => `c${String(at + 1).padStart(7, '0')}`);
  return {
    combinator: 'and',
    rules: [{ field: 'customer_id', operator: 'in', value: keys }],
  };
}

/** An audience of a few people, as an activity. */
export function aFew(count = 2) {
  const type = 'build-audience';
  return { id: 'few', type, label: 'A few', dimension: 'customers', where: few(count) };
}

/** Makes the documents on the server. */
export async function apply(request: APIRequestContext, ...documents: object[]): Promise<void> {
  const files = documents.map((document, at) => ({
    path: `made_${at}.json`,
    text: JSON.stringify(document),
  }));
  const applied = await request.post('/api/v1/documents/apply', { data: { files } });
  expect(applied.ok(), await applied.text()).toBe(true);
}

/** Makes a campaign of activities, and of transitions from one to another. */
export async function campaignOf(
  request: APIRequestContext,
  name: string,
  label: string,
  activities: object[],
  transitions: [from: string, to: string][],
  more: object = {},
): Promise<void> {
  const canvas = { activities, transitions: transitions.map(([from, to]) => ({ from, to })) };
  await apply(request, { kind: 'campaign', name, label, canvas, ...more });
}

/** Begins a live run. */
export async function start(request: APIRequestContext, name: string): Promise<string> {
  const started = await request.post(`/api/v1/campaigns/${name}/run`, { data: { mode: 'live' } });
  expect(started.ok(), await started.text()).toBe(true);
  return ((await started.json()) as { run: string }).run;
}

/** The state of a run, and of one of its activities. */
export async function stateOf(server: Server, run: string): Promise<string> {
  return (await server.get<RunSummary>(`/runs/${run}`)).state;
}

export async function activityState(
  server: Server,
  run: string,
  id: string,
): Promise<ActivityState | undefined> {
  const { activities } = await server.get<RunSummary>(`/runs/${run}`);
  return activities.find((each) => each.id === id)?.state;
}
