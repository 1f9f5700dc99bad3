// Building and serving the page through Vite.
import { join } from 'node:path';
import { root } from './bootstrap.mjs';

/** Where `npm start` keeps the built page; the tests build into a folder of their own. */
export const siteFolder = join(root, 'dist', 'site');

/**
 * Builds the page.
 * @param {string} outDir
 */
export async function buildSite(outDir) {
  const { build } = await import('vite');
  await build({ root, logLevel: 'warn', build: { outDir, emptyOutDir: true } });
}

/**
 * Serves a built page until the process is told to stop.
 * @param {string} outDir
 * @returns {Promise<string>} its address
 */
export async function serveSite(outDir) {
  const { preview } = await import('vite');
  const server = await preview({
    root,
    logLevel: 'warn',
    build: { outDir },
    preview: { port: Number(process.env.PORT ?? 4173), strictPort: process.env.PORT !== undefined, open: false },
  });
  closeOnSignal(server);
  return server.resolvedUrls.local[0];
}

/** Closes a Vite server and ends the process when it is told to stop, or when the npm that started it is gone. */
export function closeOnSignal(server) {
  const close = async () => {
    // Open connections must not keep a stopped server alive.
    server.httpServer?.closeAllConnections?.();
    await server.close();
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, close);
  // npm does not pass every signal on; the process it leaves behind gets another parent.
  const parent = process.ppid;
  const watch = () => process.ppid !== parent && close();
  if (process.env.npm_lifecycle_event !== undefined) setInterval(watch, 500).unref();
}
