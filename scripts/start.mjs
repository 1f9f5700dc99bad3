// npm start: installs what is missing, builds the page, serves it and prints the address. `--no-build` serves the last build.
import { ensureDependencies, root, withLock } from './lib/bootstrap.mjs';

await ensureDependencies();
const { existsSync } = await import('node:fs');
const { join } = await import('node:path');
const { buildSite, serveSite, siteFolder } = await import('./lib/site.mjs');

const built = existsSync(join(siteFolder, 'index.html'));
if (!process.argv.includes('--no-build') || !built) {
  process.stdout.write('Building …\n');
  await withLock(join(root, '.cache', 'site.lock'), () => buildSite(siteFolder));
}
const address = await serveSite(siteFolder);
process.stdout.write(`Chainrule is ready at ${address}\n`);
