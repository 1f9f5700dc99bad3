// Finds a Chromium for the browser tests, or installs one where that can be done without asking.
// Order: CHROME_PATH → Playwright's own → the machine's → apt on Debian as root → Playwright's download.
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { fail, root, withLock } from './bootstrap.mjs';
import { runProcess } from './process.mjs';

const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'microsoft-edge'];

const usualPlaces = {
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  ],
  win32: [
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
    'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
    'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
  ],
};

/**
 * The path of a Chromium that can be started. Needs the installed packages (for Playwright's own copy).
 * Ends the process with one clear line when there is none and none can be installed.
 * @returns {Promise<string>}
 */
export async function findChromium() {
  const wanted = process.env.CHROME_PATH;
  if (wanted) {
    if (!executable(wanted)) fail(`CHROME_PATH is ${wanted}, which cannot be executed`);
    return wanted;
  }
  const found = present();
  if (found) return found;
  return withLock(join(root, '.cache', 'chromium.lock'), async () => {
    const meanwhile = present();
    if (meanwhile) return meanwhile;
    if (debianRoot() && (await installWithApt())) {
      const installed = onMachine();
      if (installed) return installed;
    }
    process.stderr.write('chainrule: fetching the browser that Playwright brings …\n');
    await run(process.execPath, [join(root, 'node_modules', '@playwright', 'test', 'cli.js'), 'install', 'chromium']);
    const fetched = playwrightsOwn();
    if (fetched) return fetched;
    return fail('the browser tests need Chromium: install it, or set CHROME_PATH to one');
  });
}

function present() {
  return playwrightsOwn() ?? onMachine();
}

function playwrightsOwn() {
  try {
    const { chromium } = createRequire(join(root, 'package.json'))('@playwright/test');
    const path = chromium.executablePath();
    return executable(path) ? path : undefined;
  } catch {
    return undefined; // no build of it for this platform
  }
}

function onMachine() {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  const candidates = names.flatMap((name) => folders.map((folder) => join(folder, name)));
  return [...candidates, ...(usualPlaces[process.platform] ?? [])].find(executable);
}

function executable(path) {
  try {
    accessSync(path, constants.X_OK);
    return existsSync(path);
  } catch {
    return false;
  }
}

// Ubuntu's chromium package only points to a snap, so Debian alone qualifies.
function debianRoot() {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  try {
    return /^ID=debian$/m.test(readFileSync('/etc/os-release', 'utf8'));
  } catch {
    return false;
  }
}

async function installWithApt() {
  process.stderr.write('chainrule: installing Chromium with apt (once) …\n');
  const install = ['install', '-y', '--no-install-recommends', 'chromium', 'fonts-noto-cjk'];
  if (await run('apt-get', install)) return true;
  return (await run('apt-get', ['update'])) && (await run('apt-get', install));
}

async function run(file, args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const { status, output } = await runProcess(file, args, { cwd: root, env });
  if (status !== 0) process.stderr.write(`${output.slice(-2000)}\n`);
  return status === 0;
}
