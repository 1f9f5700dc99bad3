// How the tests start a Chromium: CHROME_PATH as `findChromium` set it, or where Debian keeps it, or Playwright's own.
import { existsSync } from 'node:fs';

const path =
  process.env.CHROME_PATH ?? ['/usr/bin/chromium', '/usr/bin/google-chrome'].find((each) => existsSync(each));

/** Launch options of Playwright. Nothing of the browser's own goes over the network or asks a person. */
export const chromiumLaunch = {
  ...(path ? { executablePath: path } : {}),
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
};
