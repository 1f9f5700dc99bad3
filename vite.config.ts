// Build, preview and the three Vitest projects. Cross-origin isolation headers are what make shared memory available.
import react from '@vitejs/plugin-react';
import { playwright } from '@vitest/browser-playwright';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';
import { chromiumLaunch } from './scripts/lib/chromium-launch.mjs';
import { nodeCommands } from './test/support/node-commands.ts';

const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/** What a built page may load and run. Only in builds: the development server needs inline scripts. */
const contentPolicy = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self' blob:",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "connect-src 'self' data: blob:",
  "object-src 'none'",
  "base-uri 'none'",
].join('; ');

const addContentPolicy: Plugin = {
  name: 'content-policy',
  apply: 'build',
  transformIndexHtml: () => [
    {
      tag: 'meta',
      attrs: { 'http-equiv': 'Content-Security-Policy', content: contentPolicy },
      injectTo: 'head-prepend',
    },
  ],
};

/** d3-interpolate asks for colours, which React Flow and the charts never animate: 4 kB of the first load. */
const leaveColoursOut: Plugin = {
  name: 'leave-colours-out',
  apply: 'build',
  enforce: 'pre',
  resolveId: (id) => (id === 'd3-color' ? '\0no-colours' : undefined),
  load: (id) =>
    id === '\0no-colours'
      ? `export function color() { return null; }
         export { color as rgb, color as hsl, color as lab, color as hcl, color as cubehelix };`
      : undefined,
};

/** Zooming moves nothing but the view: transitions of attributes, styles and texts are 1.6 kB of the first load. */
const leaveTransitionsOut: Plugin = {
  name: 'leave-transitions-out',
  apply: 'build',
  enforce: 'pre',
  transform: (code, id) =>
    /\/d3-transition\.mjs$/.test(id)
      ? code.replace(/^ *(?:attr|style|text)(?:Tween)?: transition_\w+,$/gm, '')
      : undefined,
};

/** React Flow's store asks for a stand-in of what React has had since 18. */
const reactsOwnStore: Plugin = {
  name: 'reacts-own-store',
  apply: 'build',
  enforce: 'pre',
  resolveId: (id) => (/^use-sync-external-store\/shim(\/index\.js)?$/.test(id) ? '\0reacts-own-store' : undefined),
  load: (id) => (id === '\0reacts-own-store' ? "export { useSyncExternalStore } from 'react';" : undefined),
};

/** React Flow's styles of parts that the canvas draws itself or not at all: 1 kB of the first load. */
const leaveStylesOut: Plugin = {
  name: 'leave-styles-out',
  apply: 'build',
  enforce: 'pre',
  transform(code, id) {
    if (!/@xyflow\/react\/dist\/base\.css$/.test(id)) return undefined;
    const parts = 'minimap|controls|resize-control|edge-text|node-(?:input|default|output|group)';
    return code
      .replace(new RegExp(`[^{}]*react-flow__(?:${parts})[^{}]*\\{[^{}]*\\}`, 'g'), '')
      .replace(/\s*--xy-(?:minimap|controls|node|resize)[\w-]*:[^;]*;/g, '');
  },
};

export default defineConfig({
  // Relative addresses, so that the built page works below any path of a static host.
  base: './',
  plugins: [react(), addContentPolicy, leaveColoursOut, leaveTransitionsOut, reactsOwnStore, leaveStylesOut],
  server: { headers: isolation },
  preview: { headers: isolation },
  worker: { format: 'es' },
  build: {
    target: 'es2023',
    outDir: 'dist/site',
    chunkSizeWarningLimit: 4096,
    manifest: true,
    // Scripts of later parts find their own imports: a list of them all would come with the page. Styles must be there first.
    modulePreload: { resolveDependencies: (_, files) => files.filter((file) => file.endsWith('.css')) },
    rolldownOptions: {
      // React's wrappers of components that nobody draws may be dropped.
      treeshake: { manualPureFunctions: ['memo', 'forwardRef'] },
      // What the page starts with is one file: it compresses better, and nothing has to wait for a list of small ones.
      output: { codeSplitting: { groups: [{ name: 'page', tags: ['$initial'] }] } },
    },
    // A `.wasm` file as a data: address can neither be streamed nor pass a content policy.
    assetsInlineLimit: (file) => (file.endsWith('.wasm') ? false : undefined),
  },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          environment: 'node',
          include: ['test/unit/**/*.test.ts', 'test/arch/**/*.test.ts'],
          // Several times what the slowest takes alone: machines are shared.
          testTimeout: 30_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'long',
          environment: 'node',
          include: ['test/long/**/*.test.ts'],
          testTimeout: 600_000,
          hookTimeout: 600_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts', 'test/browser/**/*.test.tsx'],
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            commands: nodeCommands,
            instances: [{ browser: 'chromium' }],
            provider: playwright({ launchOptions: chromiumLaunch }),
          },
        },
      },
    ],
  },
});
