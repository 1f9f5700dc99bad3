// Child processes that end with their parent, and a free port. Imports only node: modules.
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Runs a program to its end. When this process is told to stop, it lets the program stop first, then ends itself.
 * @param {string} file
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, show?: boolean, input?: string }} [options]
 *   `show` lets the output through as it comes, `input` is what the program reads from its standard input
 * @returns {Promise<{ status: number, output: string }>} what it printed on both streams, unless shown
 */
export function runProcess(file, args, { cwd, env = process.env, show = false, input } = {}) {
  return new Promise((resolve) => {
    let output = '';
    const stdin = input === undefined ? 'ignore' : 'pipe';
    const stdio = show ? [stdin, 'inherit', 'inherit'] : [stdin, 'pipe', 'pipe'];
    const child = spawn(file, args, { cwd, env, stdio, shell: file.endsWith('.cmd') });
    const collect = (data) => {
      output += data;
    };
    child.stdout?.on('data', collect);
    child.stderr?.on('data', collect);
    if (input !== undefined) child.stdin.end(input);
    let stopping = false;
    const stop = () => {
      stopping = true;
      // Not SIGTERM: test runners tidy up (servers, browsers) only when interrupted.
      child.kill('SIGINT');
    };
    for (const signal of signals) process.prependListener(signal, stop);
    const done = (status, extra = '') => {
      for (const signal of signals) process.off(signal, stop);
      if (stopping) process.exit(143);
      resolve({ status: status ?? 1, output: output + extra });
    };
    child.on('error', (error) => done(1, String(error)));
    child.on('close', (status) => done(status));
  });
}

/** A port on which nothing listens at this moment. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
