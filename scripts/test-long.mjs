// npm run test:long: the suites that take minutes: real data, whole trainings, long sessions in the browser.
import { ensureDependencies } from './lib/bootstrap.mjs';

await ensureDependencies();
const { hasTests, withBrowserStages } = await import('./lib/browser-tests.mjs');
const { conformanceStage, runStages, vitestStage } = await import('./lib/stages.mjs');

const units = [conformanceStage(), ...(hasTests('test/long') ? [vitestStage('long units', 'long')] : [])];
const passed = hasTests('test/e2e-long')
  ? await withBrowserStages('e2e-long', (stages) => runStages('test-long', [...units, ...stages]))
  : await runStages('test-long', units);
process.exitCode = passed ? 0 : 1;
