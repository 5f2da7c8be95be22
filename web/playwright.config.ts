import { defineConfig } from '@playwright/test';

/** The server under test; `scripts/e2e.sh` starts one. */
const server = process.env.TUTTI_URL;
if (server === undefined) throw new Error('TUTTI_URL says no server; scripts/e2e.sh starts one');

export default defineConfig({
  testDir: 'e2e',
  workers: 1,
  retries: 0,
  forbidOnly: true,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  reporter: [['list']],
  use: {
    baseURL: server,
    viewport: { width: 1440, height: 900 },
    // Nothing fades in while a test looks at it.
    reducedMotion: 'reduce',
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--no-first-run',
      ],
    },
  },
  projects: [
    { name: 'light', use: { colorScheme: 'light' } },
    { name: 'dark', use: { colorScheme: 'dark' } },
  ],
});
