// Where subjects run: a child process each in Node, a fresh page each in Chromium. Both answer `open` and `measure`.
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { chromium } from '@playwright/test';
import { findChromium } from '../../scripts/lib/chromium.mjs';
import { serve } from './serve.mjs';

/**
 * @typedef {object} Runner
 * @property {string} name
 * @property {() => Promise<{ open: Function, measure: (budgetMs: number) => Promise<number[]>, close: () => Promise<void> }>} start
 * @property {() => Promise<void>} close
 */

/** @returns {Promise<Runner>} */
export async function nodeRunner() {
  const script = fileURLToPath(new URL('./node-child.mjs', import.meta.url));
  return {
    name: `Node ${process.versions.node}`,
    async start() {
      const child = fork(script, { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
      const ask = (call, ...args) =>
        new Promise((resolve) => {
          const leave = () => resolve({ refused: 'the process ended' });
          child.once('exit', leave);
          child.once('message', ({ answer }) => {
            child.off('exit', leave);
            resolve(answer);
          });
          child.send({ call, args });
        });
      return {
        open: (...args) => ask('open', ...args),
        measure: (budgetMs) => ask('measure', budgetMs),
        close: async () => void child.disconnect(),
      };
    },
    async close() {},
  };
}

/** @returns {Promise<Runner>} */
export async function chromiumRunner() {
  const site = await serve();
  const browser = await chromium.launch({
    executablePath: await findChromium(),
    // A page that is not in front must not be slowed down.
    args: ['--no-sandbox', '--disable-background-timer-throttling', '--disable-renderer-backgrounding'],
  });
  return {
    name: `Chromium ${browser.version()}`,
    async start() {
      const page = await browser.newPage();
      await page.goto(`${site.address}/page.html`);
      await page.waitForFunction(() => 'host' in window);
      return {
        open: (...args) => page.evaluate((all) => window.host.open(...all), args),
        measure: (budgetMs) => page.evaluate((ms) => window.host.measure(ms), budgetMs),
        close: () => page.close(),
      };
    },
    async close() {
      await browser.close();
      site.close();
    },
  };
}
