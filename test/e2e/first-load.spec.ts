// What a visit costs before anything is asked of the page: everything that travels until the first graph stands and has been
// stepped once. The worker (with what it loads) is apart: it runs beside the page and does not hold it up.
import { gzipSync } from 'node:zlib';
import { expect, test } from './support/workbench.ts';

/** Kilobytes of 1000 bytes, gzipped. */
const mostKilobytes = 200;

test('the page and its first graph come in less than 200 kB', async ({ workbench, page }) => {
  const loaded = new Map<string, Promise<Buffer>>();
  page.on('response', (response) => {
    // What a worker asks for belongs to no frame.
    // What the page made itself, as the text of a thread, does not travel.
    const made = response.url().startsWith('blob:');
    const byPage = response.request().serviceWorker() === null && !isWorker(response.url()) && !made;
    if (byPage && response.status() === 200) loaded.set(response.url(), response.body());
  });
  await workbench.open();
  await workbench.ready();
  await workbench.expectWire('q.y', 'f.a', ['3', '−4']);
  await workbench.button('Restart the iteration').click();
  await workbench.button('Step').click();
  await workbench.expectWire('q.y', 'f.a', ['3']);
  await page.waitForLoadState('networkidle');

  const sizes = await Promise.all(
    [...loaded].map(async ([url, body]) => ({ name: new URL(url).pathname, bytes: gzipSync(await body).length })),
  );
  const table = sizes
    .sort((a, b) => b.bytes - a.bytes)
    .map(({ name, bytes }) => `${(bytes / 1000).toFixed(1)} ${name}`)
    .join('\n');
  const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0) / 1000;
  expect(sizes.some(({ name }) => /\/index-.*\.js$/.test(name))).toBe(true);
  expect(total, table).toBeLessThan(mostKilobytes);
  expect(sizes.filter(({ name }) => /monaco|editor|code-panel|json|recharts|curves|chart|elk/i.test(name))).toEqual([]);
});

function isWorker(url: string): boolean {
  return /\/worker-[^/]+\.js$/.test(url);
}
