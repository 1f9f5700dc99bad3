// npm run size [folder]: what the page loads before anything is asked of it, gzipped, held against size-budget.json.
// Worker, editor, charts and layout are loaded when first needed and so do not count; they are listed beside.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { ensureDependencies, fail, root } from './lib/bootstrap.mjs';

await ensureDependencies();
const { buildSite, siteFolder } = await import('./lib/site.mjs');

const site = process.argv[2] ?? siteFolder;
if (process.argv[2] === undefined) await buildSite(site);
const manifestPath = join(site, '.vite', 'manifest.json');
if (!existsSync(manifestPath)) fail(`${manifestPath} is missing: build first`);

const manifest = JSON.parse(readFileSync(manifestPath, 'utf8'));
const { firstLoadGzipBytes: budget } = JSON.parse(readFileSync(join(root, 'scripts', 'size-budget.json'), 'utf8'));
const first = firstLoad(manifest);
const sizes = readdirSync(join(site, 'assets'))
  .filter((name) => /\.(js|css|wasm)$/.test(name))
  .map((name) => ({ name: `assets/${name}`, bytes: gzipSync(readFileSync(join(site, 'assets', name))).length }))
  .sort((a, b) => b.bytes - a.bytes);

const total = sizes.filter(({ name }) => first.has(name)).reduce((sum, { bytes }) => sum + bytes, 0);
for (const { name, bytes } of sizes) {
  process.stdout.write(`${first.has(name) ? 'first' : 'later'} ${kilobytes(bytes).padStart(9)}  ${name}\n`);
}
process.stdout.write(`first load ${kilobytes(total)} of ${kilobytes(budget)} (gzip)\n`);
if (first.size === 0 || total === 0) fail('the build has no entry: nothing was measured');
if (total > budget) fail(`the first load is ${total - budget} bytes over its budget`);

/** The files of the entry and of all that it imports statically, style sheets included. */
function firstLoad(chunks) {
  const files = new Set();
  const add = (key) => {
    const chunk = chunks[key];
    if (files.has(chunk.file)) return;
    files.add(chunk.file);
    for (const sheet of chunk.css ?? []) files.add(sheet);
    for (const next of chunk.imports ?? []) add(next);
  };
  for (const [key, chunk] of Object.entries(chunks)) if (chunk.isEntry) add(key);
  return files;
}

function kilobytes(bytes) {
  return `${(bytes / 1000).toFixed(1)} kB`;
}
