// dist/node: the command line (chainrule.js) and the library (library.js) for Node, rebuilt when any of their sources changed.
// The build stands in a folder named by the hash of its sources, so calls at the same time never see half of one.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { root, withLock } from './bootstrap.mjs';

const output = join(root, 'dist', 'node');
/** Earlier builds stay for a while: a program that runs on one may yet load a part of it. */
const keptMs = 3_600_000;

/**
 * The folder of an up-to-date build.
 * @param {() => Promise<void>} prepare called before a build, to install what it needs
 * @returns {Promise<string>}
 */
export async function freshNodeBuild(prepare) {
  const folder = join(output, sourceHash());
  if (existsSync(folder)) return folder;
  await prepare();
  return withLock(join(root, '.cache', 'node-build.lock'), async () => {
    if (!existsSync(folder)) await build(folder);
    return folder;
  });
}

async function build(folder) {
  const { build: viteBuild } = await import('vite');
  const draft = `${folder}.${process.pid}`;
  await viteBuild({
    root,
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    build: {
      ssr: true,
      outDir: draft,
      target: 'node20',
      minify: false,
      rolldownOptions: {
        input: { chainrule: join(root, 'src/cli/main.ts'), library: join(root, 'src/index.ts') },
        output: { entryFileNames: '[name].js' },
      },
    },
    // With everything inside: the build runs wherever Node does.
    ssr: { noExternal: true },
  });
  renameSync(draft, folder);
  for (const path of readdirSync(output).map((name) => join(output, name))) {
    const idle = Date.now() - statSync(path).mtimeMs > keptMs;
    if (path !== folder && idle) rmSync(path, { recursive: true, force: true });
  }
}

/** Changes with every source that may end up in the bundle, with the packages and with this recipe. */
function sourceHash() {
  const hash = createHash('sha256');
  const sources = readdirSync(join(root, 'src'), { recursive: true })
    .map(String)
    .filter((path) => /\.(ts|js|json)$/.test(path) && !path.startsWith('app'))
    .sort();
  for (const path of sources)
    hash
      .update(path)
      .update('\0')
      .update(readFileSync(join(root, 'src', path)));
  for (const path of ['package-lock.json', 'scripts/lib/node-build.mjs']) hash.update(readFileSync(join(root, path)));
  return hash.digest('hex').slice(0, 16);
}
