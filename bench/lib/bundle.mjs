// The engines' adapters as one module each, for Node and for a page alike: .cache/bench/<engine>.mjs.
import { join } from 'node:path';
import { root } from '../../scripts/lib/bootstrap.mjs';

export const bundleFolder = join(root, '.cache', 'bench');

/**
 * @param {string[]} engines names of files in bench/engines
 */
export async function bundle(engines) {
  const { build } = await import('vite');
  for (const name of engines) {
    await build({
      root,
      configFile: false,
      logLevel: 'error',
      publicDir: false,
      build: {
        lib: { entry: join(root, 'bench', 'engines', `${name}.mjs`), formats: ['es'], fileName: () => `${name}.mjs` },
        outDir: bundleFolder,
        emptyOutDir: false,
        minify: false,
        target: 'es2022',
        rolldownOptions: { output: { codeSplitting: false } },
      },
    });
  }
}
