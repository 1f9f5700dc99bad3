// The built page on a plain static host that sends no isolation headers, below a path of its own: the service worker adds
// them after one reload, and the page opens again when the host is gone.
import { createReadStream, existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, resolve } from 'node:path';
import { expect, test } from '@playwright/test';

const site = resolve(process.env['CHAINRULE_SITE'] ?? 'dist/site');

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
};

test('a static host gets shared memory and an offline page from the service worker', async ({ page }) => {
  const server = await serve();
  const { port } = server.address() as AddressInfo;
  await page.goto(`http://localhost:${port}/some/path/`);
  await page.waitForFunction(() => crossOriginIsolated);
  await expect(page.locator('#root > *').first()).toBeVisible();
  // Everything that the page needs has to pass the worker once.
  await page.reload({ waitUntil: 'networkidle' });

  await close(server);
  await page.reload();
  await expect(page.locator('#root > *').first()).toBeVisible();
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
});

function serve(): Promise<Server> {
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://host').pathname).replace(/^\/some\/path\//, '');
    const file = join(site, path === '' ? 'index.html' : path);
    if (!file.startsWith(site) || !existsSync(file)) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { 'Content-Type': types[extname(file)] ?? 'application/octet-stream' });
    createReadStream(file).pipe(response);
  });
  return new Promise((done) => server.listen(0, () => done(server)));
}

function close(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((done) => server.close(() => done()));
}
