// Runs named stages one after the other, prints one line for each and a summary, and writes the counts of passed and
// failed checks to a file. A stage whose `needs` failed is not run and counts as failed.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from './bootstrap.mjs';
import { runProcess } from './process.mjs';

/**
 * @typedef {object} Outcome
 * @property {number} passed
 * @property {number} failed
 * @property {number} [skipped]
 * @property {string} [output] shown when something failed
 * @property {string} [note]   shown beside the counts
 *
 * @typedef {object} Stage
 * @property {string} name
 * @property {string} [needs] the stage without which this one makes no sense
 * @property {() => Promise<Outcome>} run
 */

/**
 * Runs the stages; never throws for a failing one.
 * @param {string} command names the counts file, `.cache/counts/<command>.json`
 * @param {Stage[]} stages
 * @returns {Promise<boolean>} whether everything passed and something ran
 */
export async function runStages(command, stages) {
  const done = [];
  for (const stage of stages) {
    const begin = performance.now();
    const missing = done.some(({ name, failed }) => name === stage.needs && failed > 0);
    const outcome = missing
      ? { passed: 0, failed: 1, note: `not run, ${stage.needs} failed` }
      : await stage.run().catch((error) => ({ passed: 0, failed: 1, output: String(error?.stack ?? error) }));
    const entry = { name: stage.name, seconds: (performance.now() - begin) / 1000, ...outcome };
    done.push(entry);
    if (entry.failed > 0 && entry.output) process.stdout.write(`\n── ${entry.name} ──\n${entry.output.trimEnd()}\n\n`);
    process.stdout.write(`${line(entry)}\n`);
    writeCounts(command, done);
  }
  const passed = sum(done, 'passed');
  const failed = sum(done, 'failed');
  process.stdout.write(`\n${command}: ${passed} passed, ${failed} failed in ${sum(done, 'seconds').toFixed(0)} s\n`);
  return failed === 0 && passed > 0;
}

/** A stage that is one check: a program that must end with status 0. */
export function programStage(name, args, options = {}) {
  return {
    name,
    needs: options.needs,
    async run() {
      const { status, output } = await runProcess(process.execPath, args, { cwd: root, env: plainEnvironment() });
      return { ...one(status === 0), output };
    },
  };
}

/** A stage that runs all reference material at hand and counts its cases. What fails above a folder's bar is no failure. */
export function conformanceStage() {
  return {
    name: 'conformance',
    async run() {
      const args = ['scripts/conformance.mjs'];
      const { status, output } = await runProcess(process.execPath, args, { cwd: root, env: plainEnvironment() });
      const folders = [...output.matchAll(/^\S+ (\d+)\/(\d+)$/gm)].map(([, passed, found]) => [+passed, +found]);
      const passed = folders.reduce((total, [each]) => total + each, 0);
      const failed = folders.reduce((total, [each, found]) => total + found - each, 0);
      return { passed, failed: status === 0 ? 0 : Math.max(1, failed), output };
    },
  };
}

/** A stage that runs one Vitest project, with further options of its command line, and counts its tests. */
export function vitestStage(name, project, options = []) {
  return {
    name,
    async run() {
      const report = reportPath(`vitest-${project}`);
      const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
      const { status, output } = await runProcess(
        process.execPath,
        [tool('vitest/vitest.mjs'), 'run', '--project', project, ...reporters, ...options],
        { cwd: root, env: plainEnvironment() },
      );
      const told = readReport(report);
      if (!told) return { passed: 0, failed: 1, output };
      const { numPassedTests: passed, numFailedTests: failed, numPendingTests: skipped } = told;
      // A file that does not load, or an error outside a test, fails the run without failing a test.
      return { passed, failed: Math.max(failed, status === 0 ? 0 : 1), skipped, output };
    },
  };
}

/** A stage that runs one Playwright project against a built site and counts its tests. */
export function playwrightStage(name, project, env, options = {}) {
  return {
    name,
    needs: options.needs,
    async run() {
      const report = reportPath(`playwright-${project}`);
      const { status, output } = await runProcess(
        process.execPath,
        [tool('@playwright/test/cli.js'), 'test', '--project', project, '--reporter=list,json'],
        { cwd: root, env: { ...plainEnvironment(), ...env, PLAYWRIGHT_JSON_OUTPUT_NAME: report } },
      );
      const told = readReport(report);
      if (!told) return { passed: 0, failed: 1, output };
      const { expected, unexpected, flaky, skipped } = told.stats;
      const outcome = { passed: expected + flaky, failed: Math.max(unexpected, status === 0 ? 0 : 1), skipped, output };
      return flaky === 0
        ? outcome
        : { ...outcome, note: `only at the second try: ${flakyTitles(told.suites).join('; ')}` };
    },
  };
}

/** Titles of the tests that failed and then passed. */
function flakyTitles(suites) {
  return suites.flatMap(({ specs = [], suites: inner = [] }) => [
    ...specs.filter(({ tests }) => tests.some(({ status }) => status === 'flaky')).map(({ title }) => title),
    ...flakyTitles(inner),
  ]);
}

/** The outcome of a single check. */
export function one(passed) {
  return passed ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

/** The path of a program inside node_modules. */
export function tool(path) {
  return join(root, 'node_modules', path);
}

function plainEnvironment() {
  return { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined, CI: process.env.CI ?? '1' };
}

function reportPath(name) {
  const path = join(root, '.cache', 'reports', `${name}-${process.pid}.json`);
  mkdirSync(dirname(path), { recursive: true });
  return path;
}

function readReport(path) {
  if (!existsSync(path)) return undefined;
  const text = readFileSync(path, 'utf8');
  rmSync(path);
  return JSON.parse(text);
}

function writeCounts(command, done) {
  const path = join(root, '.cache', 'counts', `${command}.json`);
  mkdirSync(dirname(path), { recursive: true });
  const stages = done.map(({ name, passed, failed, skipped = 0 }) => ({ name, passed, failed, skipped }));
  writeFileSync(path, `${JSON.stringify({ stages, passed: sum(done, 'passed'), failed: sum(done, 'failed') })}\n`);
}

function line({ name, passed, failed, skipped, seconds, note }) {
  const mark = failed > 0 ? '✗' : '✓';
  const counts = [`${passed} passed`, failed > 0 && `${failed} failed`, skipped > 0 && `${skipped} SKIPPED`];
  const text = [...counts, note].filter(Boolean).join(', ');
  return `${mark} ${name.padEnd(22)} ${text.padEnd(28)} ${seconds.toFixed(1)} s`;
}

function sum(entries, key) {
  return entries.reduce((total, entry) => total + entry[key], 0);
}
