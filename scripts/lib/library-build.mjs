// dist/lib: the library for pages and bundlers (chainrule.js, nothing of Node in it) and its types (index.d.ts).
import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from './bootstrap.mjs';
import { runProcess } from './process.mjs';
import { tool } from './stages.mjs';

export const libraryFolder = join(root, 'dist', 'lib');

/** Builds modules and types into a folder of their own, which then takes the place of the last one. */
export async function buildLibrary() {
  const draft = `${libraryFolder}.${process.pid}`;
  rmSync(draft, { recursive: true, force: true });
  await buildModules(draft);
  await buildTypes(join(draft, 'types'));
  writeFileSync(join(draft, 'index.d.ts'), "export * from './types/index.js';\n");
  rmSync(libraryFolder, { recursive: true, force: true });
  renameSync(draft, libraryFolder);
}

async function buildModules(outDir) {
  const { build } = await import('vite');
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    build: {
      outDir,
      target: 'es2023',
      minify: false,
      lib: { entry: join(root, 'src/index.ts'), formats: ['es'], fileName: () => 'chainrule.js' },
    },
  });
}

async function buildTypes(outDir) {
  const args = ['--project', join(root, 'tsconfig.library.json'), '--outDir', outDir];
  const { status, output } = await runProcess(process.execPath, [tool('typescript/bin/tsc'), ...args], { cwd: root });
  if (status !== 0) throw new Error(`the types of the library were not written:\n${output}`);
  for (const path of files(join(root, 'src')).filter((each) => each.endsWith('.d.ts') && !each.startsWith('app/'))) {
    mkdirSync(dirname(join(outDir, path)), { recursive: true });
    cpSync(join(root, 'src', path), join(outDir, path));
  }
  // Declarations name their neighbours as the sources do; others find them by the names that modules have.
  for (const path of files(outDir)) {
    const text = readFileSync(join(outDir, path), 'utf8');
    writeFileSync(join(outDir, path), text.replace(/((?:from|import\()\s*['"]\.[^'"]*)\.ts(['"])/g, '$1.js$2'));
  }
}

const files = (folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
