// The library in a page without a bundler: the page that docs/library.md shows, with the files that `npm run build:lib` writes.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';

const root = join(import.meta.dirname, '../..');
const html = /```html\n([\s\S]*?)```/.exec(readFileSync(join(root, 'docs/library.md'), 'utf8'))?.[1] ?? '';

test('the page of the documentation shows f = (x + y) z', async ({ page }) => {
  // Building the library takes its time.
  test.setTimeout(180_000);
  execFileSync(process.execPath, [join(root, 'scripts/build-lib.mjs')]);
  const failures: string[] = [];
  page.on('pageerror', (error) => void failures.push(error.message));
  await page.route('http://library.test/**', (route) => {
    const { pathname } = new URL(route.request().url());
    const path = join(root, pathname);
    if (pathname === '/') return route.fulfill({ contentType: 'text/html', body: `<!doctype html><body>${html}` });
    return existsSync(path) ? route.fulfill({ path }) : route.fulfill({ status: 404 });
  });
  await page.goto('http://library.test/');
  await expect(page.locator('body')).toHaveText('-12');
  expect(failures).toEqual([]);
});
