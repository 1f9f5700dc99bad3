// Writes every generated file, or with --check says which ones are stale (exit 1). One generator is one record.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureDependencies, root } from './lib/bootstrap.mjs';

/**
 * Runs every generator and compares with the tree.
 * @returns {Promise<{ path: string, text: string }[]>} the files whose text differs from what stands on disk
 */
async function staleFiles() {
  const { generators } = await import('./generators/generators.mjs');
  const stale = [];
  for (const generator of generators) {
    const files = await generator.run();
    for (const [path, text] of Object.entries(files)) {
      if (!generator.outputs.includes(path)) throw new Error(`${generator.name} writes ${path} without declaring it`);
      const file = join(root, path);
      if (existsSync(file) && readFileSync(file, 'utf8') === text) continue;
      stale.push({ path, text });
      if (check) continue;
      // Written at once: a later generator may read what an earlier one wrote.
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
  }
  return stale;
}

const check = process.argv.includes('--check');
if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  await ensureDependencies();
  const stale = await staleFiles();
  for (const { path } of stale) process.stdout.write(`${check ? 'stale' : 'wrote'} ${path}\n`);
  if (check && stale.length > 0) {
    process.stderr.write('generated files are stale: run `npm run gen`\n');
    process.exitCode = 1;
  }
}
