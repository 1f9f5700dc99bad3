#!/usr/bin/env node
// The command line: builds what is missing or stale, then runs it. Plain JavaScript, because Node 20 reads no TypeScript.
import { pathToFileURL } from 'node:url';
import { ensureDependencies } from '../scripts/lib/bootstrap.mjs';
import { freshCli } from '../scripts/lib/cli-build.mjs';

const bundle = await freshCli(ensureDependencies);
const { main } = await import(pathToFileURL(bundle).href);
const status = await main(process.argv.slice(2));
if (typeof status === 'number') process.exitCode = status;
