// npm run test:e2e: only what needs a browser.
import { ensureDependencies } from './lib/bootstrap.mjs';

await ensureDependencies();
const { withBrowserStages } = await import('./lib/browser-tests.mjs');
const { runStages } = await import('./lib/stages.mjs');

process.exitCode = (await withBrowserStages('e2e', (stages) => runStages('test-e2e', stages))) ? 0 : 1;
