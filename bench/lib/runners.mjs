// Where subjects run: a child process each in Node, a fresh page each in Chromium. Both answer `open` and `measure`.
import { fork } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium } from '@playwright/test';
import { findChromium } from '../../scripts/lib/chromium.mjs';
import { serve } from './serve.mjs';

/**
 * @typedef {object} Runner
 * @property {string} name
 * @property {() => Promise<Running>} start
 * @property {() => Promise<void>} close
 *
 * @typedef {object} Running
 * @property {Function} open
 * @property {(budgetMs: number) => Promise<{ times: number[], cpuMs?: number }>} measure
 *   cpuMs: what a call took of a processor, other programs' share left out; where the system tells it
 * @property {() => Promise<void>} close
 */

/** Milliseconds that the main threads of these processes have run, or undefined. Only the one that is measured is busy. */
function processorMs(ids) {
  const files = ids.map((id) => `/proc/${id}/task/${id}/schedstat`).filter((file) => existsSync(file));
  if (files.length === 0) return undefined;
  return files.reduce((sum, file) => sum + Number(readFileSync(file, 'utf8').split(' ')[0]) / 1e6, 0);
}

async function onProcessor(ids, measure) {
  const before = processorMs(await ids());
  const { times, runs } = await measure();
  const after = processorMs(await ids());
  return before === undefined || after === undefined ? { times } : { times, cpuMs: (after - before) / runs };
}

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
        measure: (budgetMs) =>
          onProcessor(
            () => [child.pid],
            () => ask('measure', budgetMs),
          ),
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
  const session = await browser.newBrowserCDPSession();
  const renderers = async () =>
    (await session.send('SystemInfo.getProcessInfo')).processInfo
      .filter(({ type }) => type === 'renderer')
      .map(({ id }) => id);
  return {
    name: `Chromium ${browser.version()}`,
    async start() {
      const page = await browser.newPage();
      await page.goto(`${site.address}/page.html`);
      await page.waitForFunction(() => 'host' in window);
      return {
        open: (...args) => page.evaluate((all) => window.host.open(...all), args),
        measure: (budgetMs) => onProcessor(renderers, () => page.evaluate((ms) => window.host.measure(ms), budgetMs)),
        close: () => page.close(),
      };
    },
    async close() {
      await browser.close();
      site.close();
    },
  };
}
