import type { Page } from '@playwright/test';
import type { CampaignDocument, Draft } from '../src/api/types';
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
