// What every command does first on a machine that may be brand new: check Node, install the locked packages once.
// Imports only node: modules, because nothing else may exist yet. Concurrent commands share one installation.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runProcess } from './process.mjs';

/** The folder that holds package.json. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

const oldestNode = [20, 19];
const staleLockMs = 120_000;
const heartbeatMs = 10_000;

/** Makes sure that node_modules holds what package-lock.json says; ends the process with one clear line when it cannot. */
export async function ensureDependencies() {
  checkNode();
  if (installed()) return;
  await withLock(join(root, '.cache', 'install.lock'), async () => {
    if (!installed()) await install();
  });
}

/**
 * Runs `body` while holding a lock that is a folder, waiting for whoever holds it. A lock whose holder stopped
 * touching it is taken over.
 * @template T
 * @param {string} path
 * @param {() => Promise<T>} body
 * @returns {Promise<T>}
 */
export async function withLock(path, body) {
  mkdirSync(dirname(path), { recursive: true });
  while (!tryLock(path)) await sleep(100);
  const heartbeat = setInterval(() => {
    const now = new Date();
    utimesSync(path, now, now);
  }, heartbeatMs);
  // Also when a signal ends the holder: nobody should wait two minutes for a lock without one.
  const release = () => rmSync(path, { recursive: true, force: true });
  // A child under way has listeners of its own (runProcess) and ends this process after itself.
  const leave = (signal) => process.listenerCount(signal) === 1 && process.exit(143);
  process.once('exit', release);
  process.on('SIGINT', leave);
  process.on('SIGTERM', leave);
  try {
    return await body();
  } finally {
    clearInterval(heartbeat);
    process.off('exit', release);
    process.off('SIGINT', leave);
    process.off('SIGTERM', leave);
    release();
  }
}

/** Ends the process with one line on stderr. */
export function fail(message) {
  process.stderr.write(`chainrule: ${message}\n`);
  process.exit(1);
}

/** Resolves after `ms` milliseconds. */
export function sleep(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [wantMajor, wantMinor] = oldestNode;
  if (major < wantMajor || (major === wantMajor && minor < wantMinor)) {
    fail(`needs Node ${wantMajor}.${wantMinor} or newer, this is ${process.versions.node}`);
  }
}

function stampPath() {
  return join(root, 'node_modules', '.chainrule-stamp');
}

function stamp() {
  const lock = readFileSync(join(root, 'package-lock.json'));
  return createHash('sha256').update(lock).update(`${process.platform} ${process.arch}`).digest('hex');
}

function installed() {
  return existsSync(stampPath()) && readFileSync(stampPath(), 'utf8') === stamp();
}

function tryLock(path) {
  try {
    mkdirSync(path);
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  try {
    if (Date.now() - statSync(path).mtimeMs > staleLockMs) rmSync(path, { recursive: true, force: true });
  } catch (error) {
    if (error.code !== 'ENOENT') throw error; // released between the two calls
  }
  return false;
}

async function install() {
  process.stderr.write('chainrule: installing packages (once) …\n');
  const npm = npmCommand();
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund', '--prefer-offline'];
  const result = await runProcess(npm.file, [...npm.args, ...args], { cwd: root });
  if (result.status !== 0) {
    // npm prints its whole usage after the reason.
    process.stderr.write(`${result.output.trim().split('\n').slice(0, 20).join('\n')}\n`);
    fail('npm ci failed: the packages of package-lock.json could not be installed');
  }
  writeFileSync(stampPath(), stamp());
}

/** How to call npm: the one that runs this, else the one on the path. */
export function npmCommand() {
  const script = process.env.npm_execpath;
  if (script?.endsWith('.js') && /npm-cli\.js$/.test(script)) return { file: process.execPath, args: [script] };
  if (process.platform === 'win32') return { file: 'npm.cmd', args: [] };
  return { file: 'npm', args: [] };
}
