// npm run check: everything that needs no browser.
import { ensureDependencies } from './lib/bootstrap.mjs';

await ensureDependencies();
const { checkStages } = await import('./lib/checks.mjs');
const { runStages } = await import('./lib/stages.mjs');

process.exitCode = (await runStages('check', checkStages())) ? 0 : 1;
