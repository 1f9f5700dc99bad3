// npm test: installs what is missing (a browser too), then runs every check that is fast enough for each change.
import { ensureDependencies } from './lib/bootstrap.mjs';

await ensureDependencies();
const { checkStages } = await import('./lib/checks.mjs');
const { withBrowserStages } = await import('./lib/browser-tests.mjs');
const { runStages } = await import('./lib/stages.mjs');

const passed = await withBrowserStages('e2e', (stages) => runStages('test', [...checkStages(), ...stages]));
process.exitCode = passed ? 0 : 1;
