// dist/cli/chainrule.js: the command line as one module, rebuilt when any of its sources changed. The bundle stands in a
// folder named by the hash of its sources, so calls at the same time never see half a build.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root, withLock } from './bootstrap.mjs';

const output = join(root, 'dist', 'cli');

/**
 * The path of an up-to-date bundle.
 * @param {() => Promise<void>} prepare called before a build, to install what it needs
 * @returns {Promise<string>}
 */
export async function freshCli(prepare) {
  const folder = join(output, sourceHash());
  const bundle = join(folder, 'chainrule.js');
  if (existsSync(bundle)) return bundle;
  await prepare();
  return withLock(join(root, '.cache', 'cli.lock'), async () => {
    if (!existsSync(bundle)) await build(folder);
    return bundle;
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
      ssr: join(root, 'src/cli/main.ts'),
      outDir: draft,
      target: 'node20',
      minify: false,
      rolldownOptions: { output: { entryFileNames: 'chainrule.js' } },
    },
    // One module with everything inside: the bundle runs wherever Node does.
    ssr: { noExternal: true },
  });
  renameSync(draft, folder);
  for (const name of readdirSync(output)) {
    if (join(output, name) !== folder) rmSync(join(output, name), { recursive: true, force: true });
  }
}

/** Changes with every source that may end up in the bundle, with the packages and with this recipe. */
function sourceHash() {
  const hash = createHash('sha256');
  const sources = readdirSync(join(root, 'src'), { recursive: true })
    .map(String)
    .filter((path) => /\.(ts|json)$/.test(path) && !path.startsWith('app'))
    .sort();
  for (const path of sources)
    hash
      .update(path)
      .update('\0')
      .update(readFileSync(join(root, 'src', path)));
  for (const path of ['package-lock.json', 'scripts/lib/cli-build.mjs']) hash.update(readFileSync(join(root, path)));
  return hash.digest('hex').slice(0, 16);
}
