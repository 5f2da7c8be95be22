import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { APIRequestContext, Page } from '@playwright/test';
import type { Report, ReportPerson } from '../src/api/dataTypes';
import { expect, expectAccessible, labelOf, test, type Server } from './support';

/** Where pictures of the pages go, for those who look at them; else they are beside the results of the tests. */
const SHOTS = process.env.TUTTI_SHOTS;
/** What a picture may weigh. */
const SHOT_BYTES_MAX = 200 * 1024;
/** By how much what stands there may move while a page loads, as browsers measure it. */
const SHIFT_MAX = 0.1;

/** What the pages are about. */
interface Found {
  run: string;
  campaign: string;
  content: string;
  from: string;
  port: string;
  dimension: string;
  key: string;
  table: string;
  /** What people have called the activities. */
  own: Set<string>;
}
type Place = [name: string, path: (found: Found) => string];

/** Every page of the app, and each of its parts that the address leads to. */
const PLACES: Place[] = [
  ['campaigns', () => '/campaigns'],
  ['campaign', ({ campaign, run }) => `/campaigns/${campaign}?run=${run}`],
  ['campaign-edit', ({ campaign }) => `/campaigns/${campaign}?edit=yes`],
  ['campaign-code', ({ campaign }) => `/campaigns/${campaign}?edit=yes&view=code`],
  ['campaign-problems', ({ campaign }) => `/campaigns/${campaign}?edit=yes&view=problems`],
  ['campaign-comments', ({ campaign }) => `/campaigns/${campaign}?side=comments`],
  ['campaign-tests', ({ campaign }) => `/campaigns/${campaign}?side=tests`],
  ['versions', ({ campaign }) => `/campaigns/${campaign}/versions`],
  ['templates', () => '/templates'],
  ['calendar', () => '/calendar'],
  ['contents', () => '/contents'],
  ['content', ({ content }) => `/contents/content/${content}`],
  ['alerts', () => '/alerts'],
  ['runs', () => '/runs'],
  ['run', ({ run }) => `/runs/${run}`],
  ['run-log', ({ run }) => `/runs/${run}?tab=logs`],
  ['run-tasks', ({ run }) => `/runs/${run}?tab=tasks`],
  ['trace', ({ run, key }) => `/runs/${run}/trace/${key}`],
  ['population', ({ run, from, port }) => `/runs/${run}/rows/${from}?port=${port}`],
  ['mails', () => '/mails'],
  ['tables', ({ table }) => `/tables?table=${table}`],
  ['table-quality', ({ table }) => `/tables?table=${table}&tab=quality`],
  ['tables-diagram', () => '/tables?view=diagram'],
  ['files', () => '/files'],
  ['reports', () => '/reports'],
  ['report', ({ run }) => `/reports?kind=run&name=${run}`],
  ['report-campaign', ({ campaign }) => `/reports?kind=campaign&name=${campaign}&by=domain`],
  ['report-people', ({ run }) => `/reports/people?kind=run&name=${run}&figure=sent`],
  ['people', () => '/people'],
  ['person', ({ dimension, key }) => `/people/${dimension}/${key}`],
  ['register', () => '/register'],
  ['audiences', () => '/audiences'],
  ['admin', () => '/admin'],
  ['admin-calendars', () => '/admin?section=calendars'],
  ['admin-audit', () => '/admin?section=audit'],
  ['admin-server', () => '/admin?section=server'],
];

const LEFT_ENGLISH = leftEnglish();
/** What all pages are about, looked for once. */
let found: Found | undefined;

for (const language of ['en', 'fr'] as const) {
  test.describe(language, () => {
    test.skip(
      ({ colorScheme }) => language === 'fr' && colorScheme === 'dark',
      'words are the same in both themes',
    );
    for (const [name, path] of PLACES) {
      test(`${name} in ${language}`, async ({ page, server, request }) => {
        found ??= await find(server, request);
        await page.addInitScript(watchFirst, language);
        await page.goto(path(found));
        await loaded(page);
        expect(await page.evaluate(shiftOf), 'how far things moved').toBeLessThan(SHIFT_MAX);
        expect(await page.evaluate(widerThanWindow), 'pixels beside the window').toBe(0);
        if (language === 'fr') await expectFrench(page, found.own);
        await takePicture(page, `${name}-${language}`);
        await expectAccessible(page);
      });
    }
  });
}

async function expectFrench(page: Page, own: Found['own']): Promise<void> {
  const said = await page.evaluate(wordsOnPage);
  expect(said.filter((text) => LEFT_ENGLISH.has(text) && !own.has(text))).toEqual([]);
}

async function takePicture(page: Page, name: string): Promise<void> {
  const folder = SHOTS ?? test.info().outputDir;
  const picture = await page.screenshot({
    path: `${folder}/${name}-${test.info().project.name}.jpeg`,
    type: 'jpeg',
    quality: 60,
  });
  expect(picture.byteLength).toBeLessThan(SHOT_BYTES_MAX);
}

/** Waits until the page is there with what it asked the server for. */
async function loaded(page: Page): Promise<void> {
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  // What nobody sees, such as a tab that is not open, asks for nothing yet.
  const loading = page.locator('[role="status"][aria-label]').filter({ visible: true });
  await expect(loading).toHaveCount(0);
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
}

/** The largest run of the demo with all that belongs to it, and a content. */
async function find(server: Server, request: APIRequestContext): Promise<Found> {
  const { run, campaign } = await server.largestRun();
  const { rows } = await server.get<{ rows: ReportPerson[] }>(
    `/reports/people?run=${run.run}&figure=sent&limit=1`,
  );
  const report = await server.get<Report>(`/reports?run=${run.run}`);
  const [person] = rows;
  if (person === undefined || report.figures.sent === 0) throw new Error('the run sent nothing');
  const [widest] = [...run.transitions].sort((a, b) => (b.rows ?? 0) - (a.rows ?? 0));
  const content = {
    kind: 'content',
    name: 'of_all_pages',
    label: 'Of all pages',
    subject: 'Hello',
    html: '<html lang="en"><body><p>Hello. <a href="{{ unsubscribe_url }}">Bye</a></p></body></html>',
  };
  const file = { path: 'content.json', text: JSON.stringify(content) };
  const applied = await request.post('/api/v1/documents/apply', { data: { files: [file] } });
  expect(applied.ok(), await applied.text()).toBe(true);
  return {
    run: run.run,
    campaign: run.campaign,
    content: content.name,
    from: widest?.from ?? '',
    port: widest?.port ?? 'out',
    dimension: person.dimension,
    key: person.key,
    table: 'customers',
    own: new Set(campaign.document.canvas.activities.map((activity) => labelOf(activity, ''))),
  };
}

/** In the page, before anything of it: its language, and who moves. */
function watchFirst(language: string): void {
  if (window.self !== window.top) return;
  localStorage.setItem('tutti-language', language);
  const moved = window as unknown as { tuttiShift: number };
  moved.tuttiShift = 0;
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const { value, hadRecentInput } = entry as unknown as {
        value: number;
        hadRecentInput: boolean;
      };
      if (!hadRecentInput) moved.tuttiShift += value;
    }
  });
  observer.observe({ type: 'layout-shift', buffered: true });
}

function shiftOf(): number {
  return (window as unknown as { tuttiShift: number }).tuttiShift;
}

function widerThanWindow(): number {
  const parts = [document.documentElement, document.querySelector('main')];
  return Math.max(
    ...parts.map((part) => (part === null ? 0 : part.scrollWidth - part.clientWidth)),
  );
}

/** What headings, buttons, tabs and areas are called. Columns and activities are called as people call them. */
function wordsOnPage(): string[] {
  const named = 'h1, h2, h3, button, [role="tab"], nav a:not(main a), [aria-label], [title]';
  return [...document.querySelectorAll(named)].flatMap((element) =>
    element.closest('th, [data-activity], .react-flow__edge, .cm-editor') !== null
      ? []
      : [element.textContent, element.getAttribute('aria-label'), element.getAttribute('title')]
          .map((text) => (text ?? '').trim())
          .filter((text) => text !== ''),
  );
}

/** The English words that French has others for, and does not use itself. */
function leftEnglish(): Set<string> {
  const english = wordsOf('en');
  const french = wordsOf('fr');
  const alsoFrench = new Set(french.values());
  return new Set(
    [...english]
      .filter(([key, text]) => french.get(key) !== text && !alsoFrench.has(text))
      .map(([, text]) => text)
      .filter((text) => /^\p{Lu}/u.test(text) && !text.includes('{')),
  );
}

/** The words of a language by their keys, as its files have them. */
function wordsOf(language: string): Map<string, string> {
  const folder = fileURLToPath(new URL(`../src/i18n/${language}/`, import.meta.url));
  const entry = /^ {2}'([^']+)':\s+'((?:[^'\\]|\\.)*)',$/gm;
  return new Map(
    readdirSync(folder).flatMap((name) =>
      [...readFileSync(`${folder}${name}`, 'utf8').matchAll(entry)].map(
        ([, key = '', text = '']): [string, string] => [key, text],
      ),
    ),
  );
}
