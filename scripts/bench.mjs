// npm run bench [name …]: the benchmarks of bench/, measured on this machine.
import { ensureDependencies, root } from './lib/bootstrap.mjs';

await ensureDependencies();
const { runProcess } = await import('./lib/process.mjs');
const { tool } = await import('./lib/stages.mjs');

const args = [tool('vitest/vitest.mjs'), 'bench', '--run', '--project', 'unit', ...process.argv.slice(2)];
const { status } = await runProcess(process.execPath, args, { cwd: root, show: true });
process.exitCode = status;
