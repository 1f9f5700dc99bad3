// The stages that need a browser: they build the page into a folder of their own and serve it on a free port.
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './bootstrap.mjs';
import { findChromium } from './chromium.mjs';
import { freePort } from './process.mjs';
import { playwrightStage, programStage, tool, vitestStage } from './stages.mjs';

/**
 * Runs `body` with the stages that need a browser; the built page goes when the process ends.
 * @template T
 * @param {'e2e' | 'e2e-long'} project
 * @param {(stages: import('./stages.mjs').Stage[]) => Promise<T>} body
 * @returns {Promise<T>}
 */
export async function withBrowserStages(project, body) {
  process.env.CHROME_PATH = await findChromium();
  const site = join(root, '.cache', `site-${process.pid}`);
  const env = { CHAINRULE_SITE: site, CHAINRULE_PORT: String(await freePort()) };
  const stages = [
    programStage('build', [tool('vite/bin/vite.js'), 'build', '--outDir', site, '--emptyOutDir', '--logLevel', 'warn']),
  ];
  if (project === 'e2e') {
    stages.push(programStage('size', ['scripts/size.mjs', site], { needs: 'build' }));
    if (hasTests('test/browser')) stages.push(vitestStage('browser units', 'browser'));
  }
  if (hasTests(`test/${project}`)) stages.push(playwrightStage(project, project, env, { needs: 'build' }));
  // On exit and not after the stages: a run that is told to stop leaves nothing behind either.
  process.once('exit', () => rmSync(site, { recursive: true, force: true }));
  return body(stages);
}

/** Whether a folder of tests holds any. */
export function hasTests(folder) {
  if (!existsSync(join(root, folder))) return false;
  return readdirSync(join(root, folder), { recursive: true }).some((path) => /\.(test|spec)\.tsx?$/.test(String(path)));
}
