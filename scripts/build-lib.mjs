// npm run build:lib: the library for pages and bundlers, with types, in dist/lib. In Node the package builds itself.
import { ensureDependencies } from './lib/bootstrap.mjs';

await ensureDependencies();
const { buildLibrary } = await import('./lib/library-build.mjs');
await buildLibrary();
