// Imports TypeScript modules of src/ into Node, which cannot read them itself, through Vite's module runner.
import { join } from 'node:path';
import { root } from './bootstrap.mjs';

/**
 * Imports modules that share one module graph.
 * @param {string[]} paths below the project's root
 * @returns {Promise<Record<string, unknown>[]>}
 */
export async function loadTypeScript(paths) {
  const { createServer } = await import('vite');
  const server = await createServer({
    root,
    configFile: false,
    logLevel: 'error',
    appType: 'custom',
    optimizeDeps: { noDiscovery: true },
    server: { middlewareMode: true, hmr: false, ws: false, watch: null },
  });
  try {
    const modules = [];
    for (const path of paths) modules.push(await server.ssrLoadModule(join(root, path)));
    return modules;
  } finally {
    await server.close();
  }
}
