// Tests in a real Chromium against the built page. scripts/ set the site folder, the port and CHROME_PATH;
// by hand: `npm run test:e2e`, or build and then `npx playwright test --project e2e`.
import { defineConfig } from '@playwright/test';
import { chromiumLaunch } from './scripts/lib/chromium-launch.mjs';

const port = Number(process.env['CHAINRULE_PORT'] ?? 4273);
const site = process.env['CHAINRULE_SITE'] ?? 'dist/site';

export default defineConfig({
  // Playwright empties this folder when it starts: runs at the same time must not share it.
  outputDir: `test-results/${port}`,
  forbidOnly: true,
  // The machines that run them are shared. What passes only then is named in the summary, and is a fault to be mended.
  retries: 1,
  workers: 2,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  projects: [
    { name: 'e2e', testDir: 'test/e2e', testMatch: '**/*.spec.ts' },
    // One at a time: some measure how long the main thread is held.
    { name: 'e2e-long', testDir: 'test/e2e-long', testMatch: '**/*.spec.ts', workers: 1, timeout: 600_000 },
  ],
  use: {
    baseURL: `http://localhost:${port}/`,
    viewport: { width: 1440, height: 900 },
    permissions: ['clipboard-read', 'clipboard-write'],
    // A trace costs a third of the time: `npx playwright test --trace on` where a failure needs one.
    trace: 'off',
    screenshot: 'only-on-failure',
    launchOptions: chromiumLaunch,
  },
  webServer: {
    command: `node node_modules/vite/bin/vite.js preview --outDir ${site} --port ${port} --strictPort --logLevel warn`,
    url: `http://localhost:${port}/`,
    reuseExistingServer: false,
    timeout: 60_000,
  },
});
