import { defineConfig } from '@playwright/test';

/** The server under test. Without it the mock is started, which serves `dist/` as well. */
const given = process.env.TUTTI_URL;
const MOCK_PORT = 8097;

export default defineConfig({
  testDir: 'e2e',
  // Drafts, checks and counts need the server itself.
  testIgnore:
    given === undefined ? ['**/editor.spec.ts', '**/rules.spec.ts', '**/contents.spec.ts'] : [],
  workers: 1,
  retries: 0,
  forbidOnly: true,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  reporter: [['list']],
  use: {
    baseURL: given ?? `http://127.0.0.1:${MOCK_PORT}`,
    viewport: { width: 1440, height: 900 },
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
  ...(given === undefined && {
    webServer: {
      command: `node mock/server.mjs ${MOCK_PORT}`,
      url: `http://127.0.0.1:${MOCK_PORT}/api/v1/status`,
      reuseExistingServer: false,
    },
  }),
});
