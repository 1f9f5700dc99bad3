// npm run conformance: runs all reference material that is at hand (see CONTRIBUTING.md), prints `folder PASSED/FOUND` and
// every failure, and writes docs/conformance.md where all of it is. Ends with status 1 where a folder stays below its bar.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureDependencies, root } from './lib/bootstrap.mjs';

await ensureDependencies();
const { loadTypeScript } = await import('./lib/load-typescript.mjs');
const support = 'test/support/conformance';
const [{ suites }, { meetsBar, reportLines, reportPage, runSuite }] = await loadTypeScript([
  `${support}/suites.ts`,
  `${support}/conformance.ts`,
]);

const results = [];
for (const suite of suites) {
  const result = await runSuite(suite, createProgress());
  process.stdout.write(`${reportLines(result).join('\n')}\n`);
  if (result.found === 0) process.stderr.write(`  no reference material for ${result.folder} at hand\n`);
  else if (!meetsBar(result)) process.stderr.write(`  below the bar: ${result.bar} must pass\n`);
  results.push(result);
}
// Without all of the material the page keeps the figures of a whole run.
if (results.every(({ found }) => found > 0)) writeFileSync(join(root, 'docs', 'conformance.md'), reportPage(results));
process.exitCode = results.every(meetsBar) && results.some(({ found }) => found > 0) ? 0 : 1;

/** Tells on stderr how far a folder is: on a terminal in one line that is written over, else when it begins. */
function createProgress() {
  const { isTTY } = process.stderr;
  let shown = 0;
  return (folder, done, found) => {
    const now = performance.now();
    if (done > 0 && (!isTTY || (now - shown < 100 && done + 1 < found))) return;
    shown = now;
    const text = `${folder}: ${found} cases`;
    if (!isTTY) process.stderr.write(`${text}\n`);
    else process.stderr.write(done + 1 === found ? '\r\x1b[K' : `\r\x1b[K${text}, ${done} done`);
  };
}
