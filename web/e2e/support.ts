import AxeBuilder from '@axe-core/playwright';
import { expect, test as base, type APIRequestContext, type Page } from '@playwright/test';
import type {
  ActivityDocument,
  Campaign,
  CampaignListed,
  RunListed,
  RunSummary,
} from '../src/api/types';

/** What the tests compare the pages with: the server's own answers, never constants. */
export interface Server {
  get: <T>(path: string) => Promise<T>;
  /** The completed run of the largest audience, with its campaign. */
  largestRun: () => Promise<{ listed: CampaignListed; campaign: Campaign; run: RunSummary }>;
}

export const test = base.extend<{ server: Server }>({
  server: async ({ request }, use) => {
    await use(serverOf(request));
  },
  page: async ({ page }, use) => {
    const failures: string[] = [];
    page.on('pageerror', (error) => failures.push(error.message));
    // Whoever comes for the first time is shown around, which the test of the tour looks at.
    await page.addInitScript(() => {
      // Frames without a place to keep anything are of mails.
      if (window.self !== window.top) return;
      if (localStorage.getItem('tutti-tour') === null) {
        localStorage.setItem('tutti-tour', JSON.stringify('ended'));
      }
    });
    await use(page);
    expect(failures, 'errors thrown in the page').toEqual([]);
  },
});
export { expect };

export function count(value: number): string {
  return new Intl.NumberFormat('en-US').format(value);
}

/** `ab_test` → `Ab test`, as the app names what has no label. */
export function labelOf(item: { label?: string | null }, name: string): string {
  const words = name.replaceAll(/[_-]+/g, ' ');
  return item.label ?? words.charAt(0).toUpperCase() + words.slice(1);
}

/** What a way out of an activity is called: as the activity says, else by its name. */
export function portOf(activity: ActivityDocument | undefined, port: string): string {
  const entries = [activity?.subsets, activity?.conditions, activity?.answers].flat();
  const named = (entries as ({ id?: string; label?: string } | undefined)[]).find(
    (entry) => entry?.id === port,
  );
  return named?.label ?? port;
}

/** Nothing serious by axe. What is inside a mail is not ours to judge. */
export async function expectAccessible(page: Page): Promise<void> {
  await settled(page);
  // Without frames of other origins, axe needs no page of its own to put its findings together.
  const axe = new AxeBuilder({ page }).exclude('iframe').setLegacyMode(true);
  const { violations } = await axe.analyze();
  const serious = violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary = '' }) =>
        `${id}: ${failureSummary} in ${html.slice(0, 160)}`.replaceAll(/\s+/g, ' '),
      ),
    );
  expect(serious).toEqual([]);
}

/** Waits until nothing moves any more: text that is still fading in has a colour that nobody reads it in. */
async function settled(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const isMoving = () =>
      document
        .getAnimations()
        .some(
          ({ playState, effect }) =>
            playState === 'running' && effect?.getComputedTiming().endTime !== Infinity,
        );
    // A part that opens begins to move only in the second frame.
    for (let still = 0; still < 3; still = isMoving() ? 0 : still + 1) {
      await new Promise(requestAnimationFrame);
    }
  });
}

function serverOf(request: APIRequestContext): Server {
  async function get<T>(path: string): Promise<T> {
    const response = await request.get(`/api/v1${path}`);
    expect(response.ok(), `GET ${path}: ${response.status()}`).toBe(true);
    return (await response.json()) as T;
  }
  async function largestRun() {
    const runs = await get<RunListed[]>('/runs?limit=100');
    const [largest] = runs
      .filter(({ state, mode }) => state === 'completed' && mode === 'live')
      .sort((a, b) => b.targeted - a.targeted);
    if (largest === undefined) throw new Error('the server under test has no completed live run');
    const run = await get<RunSummary>(`/runs/${largest.run}`);
    const campaign = await get<Campaign>(`/campaigns/${largest.campaign}`);
    const campaigns = await get<CampaignListed[]>('/campaigns');
    const listed = campaigns.find(({ name }) => name === largest.campaign);
    if (listed === undefined) throw new Error(`no campaign ${largest.campaign} in the list`);
    return { listed, campaign, run };
  }
  return { get, largestRun };
}
