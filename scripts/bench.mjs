// npm run bench [-- name] [options]: bench/<name>.mjs, measured on this machine; without a name the workloads.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ensureDependencies, root } from './lib/bootstrap.mjs';
import { runProcess } from './lib/process.mjs';

await ensureDependencies();
const all = readdirSync(join(root, 'bench'))
  .filter((file) => file.endsWith('.mjs'))
  .map((file) => file.slice(0, -'.mjs'.length));
const [first, ...rest] = process.argv.slice(2);
const [name, options] =
  first !== undefined && all.includes(first) ? [first, rest] : ['workloads', process.argv.slice(2)];
const { status } = await runProcess(process.execPath, [join('bench', `${name}.mjs`), ...options], {
  cwd: root,
  show: true,
});
if (status !== 0) process.exitCode = 1;
