// Adds up what the named commands counted (.cache/counts/<command>.json) and prints `N passed, N failed` as the last line.
// A command that left no counts ended before its first check and counts as one failure.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './lib/bootstrap.mjs';

let passed = 0;
let failed = 0;
for (const command of process.argv.slice(2)) {
  const path = join(root, '.cache', 'counts', `${command}.json`);
  const counts = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : { passed: 0, failed: 1 };
  passed += counts.passed;
  failed += counts.failed;
}
process.exitCode = passed > 0 && failed === 0 ? 0 : 1;
process.stdout.write(`${passed} passed, ${failed} failed\n`);
