// How smoothly a canvas of 500 activities is dragged, moved and zoomed in Chromium.
//
//   node bench/canvas.mjs http://127.0.0.1:8080 [activities]
//
// Makes a campaign `bench_canvas` on that server, opens it in the editor and drives the mouse over the DevTools protocol,
// one movement per frame. Frames are counted in the page with requestAnimationFrame while the mouse moves: what counts is
// how long the longest of them took, since that is what a hand feels. Without a GPU Chromium paints in software.
import { createRequire } from 'node:module';

const require = createRequire(new URL('../web/package.json', import.meta.url));
const { chromium } = require('playwright-core');
const server = process.argv[2] ?? 'http://127.0.0.1:8080';
const count = Number(process.argv[3] ?? 500);
const STEPS = 150;

const api = async (method, path, body) => {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${server}/api/v1${path}`, { method, headers, body: JSON.stringify(body) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return text === '' ? undefined : JSON.parse(text);
};

function campaign(dimension) {
  const activities = [{ id: 'a0', type: 'build-audience', dimension }];
  const transitions = [];
  for (let n = 1; n < count; n += 1) {
    activities.push({ id: `a${n}`, type: 'fork', label: `Branch ${n}` });
    transitions.push({ from: `a${(n - 1) >> 1}`, to: `a${n}` });
  }
  return { kind: 'campaign', name: 'bench_canvas', label: 'Bench of the canvas', canvas: { activities, transitions } };
}

/** Counts frames in the page while `work` moves the mouse. */
async function measure(page, name, work) {
  await page.evaluate(() => {
    window.frames500 = [];
    let last = performance.now();
    const step = (now) => {
      window.frames500.push(now - last);
      last = now;
      window.frame500 = requestAnimationFrame(step);
    };
    window.frame500 = requestAnimationFrame(step);
  });
  await work();
  const frames = await page.evaluate(() => {
    cancelAnimationFrame(window.frame500);
    return window.frames500.slice(2);
  });
  const sorted = [...frames].sort((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  const mean = frames.reduce((sum, each) => sum + each, 0) / frames.length;
  console.log(
    `${name.padEnd(28)} ${(1000 / mean).toFixed(1).padStart(6)} fps   ` +
      `median ${at(0.5).toFixed(1)} ms   95 % ${at(0.95).toFixed(1)} ms   longest ${at(1).toFixed(1)} ms   ${frames.length} frames`,
  );
}

const [dimension] = await api('GET', '/documents/dimension');
const text = JSON.stringify(campaign(dimension.name));
await api('POST', '/documents/apply', { files: [{ path: 'bench.json', text }] });
await api('DELETE', '/campaigns/bench_canvas/draft');

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', ...(process.env.GPU ? [] : ['--disable-gpu'])],
});
const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
const started = Date.now();
await page.goto(`${server}/campaigns/bench_canvas?edit=yes`);
await page.locator('[data-activity="a0"]').waitFor({ timeout: 60_000 });
console.log(`${count} activities, shown after ${((Date.now() - started) / 1000).toFixed(1)} s`);
await page.waitForTimeout(1_500);

const node = page.locator('[data-activity="a0"]');
const centre = async () => {
  const box = await node.boundingBox();
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
};
const circle = async (from, radius) => {
  for (let step = 0; step < STEPS; step += 1) {
    const angle = (step / STEPS) * 4 * Math.PI;
    await page.mouse.move(from.x + radius * Math.sin(angle), from.y + 60 + radius * (1 - Math.cos(angle)));
  }
};
const zoom = async () => {
  for (let step = 0; step < STEPS; step += 1) await page.mouse.wheel(0, step < STEPS / 2 ? 18 : -18);
};

for (const [where, prepare] of [
  ['in detail', async () => undefined],
  ['all in sight', async () => page.locator('.react-flow__controls-fitview').click()],
]) {
  await prepare();
  await page.waitForTimeout(600);
  const from = await centre();
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await measure(page, `drag an activity, ${where}`, () => circle(from, 60));
  await page.mouse.up();
  await page.keyboard.press('Escape');
  await page.waitForTimeout(900);
  await page.mouse.move(500, 700);
  await page.mouse.down();
  await measure(page, `move the picture, ${where}`, () => circle({ x: 500, y: 640 }, 80));
  await page.mouse.up();
  await measure(page, `zoom, ${where}`, zoom);
}
await browser.close();
await api('DELETE', '/documents/campaign/bench_canvas');
