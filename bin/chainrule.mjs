#!/usr/bin/env node
// The command line: builds what is missing or stale, then runs it. Plain JavaScript, because Node 20 reads no TypeScript.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureDependencies } from '../scripts/lib/bootstrap.mjs';
import { freshNodeBuild } from '../scripts/lib/node-build.mjs';

const folder = await freshNodeBuild(ensureDependencies);
const { main } = await import(pathToFileURL(join(folder, 'chainrule.js')).href);
const status = await main(process.argv.slice(2));
if (typeof status === 'number') process.exitCode = status;
