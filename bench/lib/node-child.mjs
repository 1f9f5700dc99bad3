// One subject in a process of its own; commands come from the parent.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundleFolder } from './bundle.mjs';
import { createHost } from './host.mjs';

globalThis.benchPackages = new URL('../node_modules/', import.meta.url).href;
const host = createHost((engine) => import(pathToFileURL(join(bundleFolder, `${engine}.mjs`)).href));
process.on('message', async ({ call, args }) => process.send({ answer: await host[call](...args) }));
process.on('disconnect', () => process.exit(0));
