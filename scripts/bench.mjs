// npm run bench [name [arguments]]: bench/<name>.mjs, or every benchmark of bench/, measured on this machine.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ensureDependencies, fail, root } from './lib/bootstrap.mjs';
import { runProcess } from './lib/process.mjs';

await ensureDependencies();
const all = readdirSync(join(root, 'bench'))
  .filter((file) => file.endsWith('.mjs'))
  .map((file) => file.slice(0, -'.mjs'.length));
const [wanted, ...rest] = process.argv.slice(2);
if (wanted !== undefined && !all.includes(wanted)) fail(`no benchmark called ${wanted}; there are: ${all.join(', ')}`);

for (const name of wanted === undefined ? all : [wanted]) {
  process.stdout.write(`\n── ${name} ──\n`);
  const { status } = await runProcess(process.execPath, [join('bench', `${name}.mjs`), ...rest], {
    cwd: root,
    show: true,
  });
  if (status !== 0) process.exitCode = 1;
}
