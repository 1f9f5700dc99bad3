// The engines to measure against. They are installed into bench/ when first asked for, at the versions of its lock.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fail, npmCommand, root } from '../../scripts/lib/bootstrap.mjs';
import { runProcess } from '../../scripts/lib/process.mjs';

/** Names of their adapters in bench/engines. */
export const peers = ['onnxruntime', 'litert', 'jax', 'tfjs'];

export async function installPeers() {
  const folder = join(root, 'bench');
  if (existsSync(join(folder, 'node_modules', '.package-lock.json'))) return;
  process.stderr.write('chainrule: installing the engines to measure against (once) …\n');
  const npm = npmCommand();
  const install = ['ci', '--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline'];
  const { status, output } = await runProcess(npm.file, [...npm.args, ...install], { cwd: folder });
  if (status !== 0) fail(`the other engines cannot be installed:\n${output.slice(-1000)}`);
}
