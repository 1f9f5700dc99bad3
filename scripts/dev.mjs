// npm run dev: the development server; edits of the source show at once.
import { ensureDependencies, root } from './lib/bootstrap.mjs';

await ensureDependencies();
const { createServer } = await import('vite');
const { closeOnSignal } = await import('./lib/site.mjs');

const server = await createServer({ root });
await server.listen();
closeOnSignal(server);
server.printUrls();
