// Writes every generated file, or with --check says which ones are stale (exit 1). One generator is one record.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureDependencies, root } from './lib/bootstrap.mjs';

/**
 * Runs every generator and compares with the tree.
 * @returns {Promise<{ path: string, text: string | null }[]>} the files whose text differs from what stands on disk; null
 * where a file of a generated folder should not be there
 */
async function staleFiles() {
  const { generators } = await import('./generators/generators.mjs');
  const stale = [];
  for (const generator of generators) {
    const files = await generator.run();
    for (const [path, text] of Object.entries(files)) {
      if (!generator.outputs.some((output) => (output.endsWith('/') ? path.startsWith(output) : path === output)))
        throw new Error(`${generator.name} writes ${path} without declaring it`);
      const file = join(root, path);
      if (existsSync(file) && readFileSync(file, 'utf8') === text) continue;
      stale.push({ path, text });
      if (check) continue;
      // Written at once: a later generator may read what an earlier one wrote.
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
    // An output that ends in / is a folder that holds nothing but what its generator writes.
    for (const folder of generator.outputs.filter((output) => output.endsWith('/') && existsSync(join(root, output)))) {
      for (const name of readdirSync(join(root, folder))) {
        if (Object.hasOwn(files, folder + name)) continue;
        stale.push({ path: folder + name, text: null });
        if (!check) rmSync(join(root, folder, name), { recursive: true });
      }
    }
  }
  return stale;
}

const check = process.argv.includes('--check');
if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  await ensureDependencies();
  const stale = await staleFiles();
  for (const { path, text } of stale)
    process.stdout.write(`${check ? 'stale' : text === null ? 'removed' : 'wrote'} ${path}\n`);
  if (check && stale.length > 0) {
    process.stderr.write('generated files are stale: run `npm run gen`\n');
    process.exitCode = 1;
  }
}
