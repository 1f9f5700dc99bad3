// The library as a program in another folder uses it: every example of docs/library.md runs in a process of its own and prints
// what stands beneath it; types check; every export is listed; what is built for pages needs nothing of Node.
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exportedValues } from '../../scripts/generators/library-entry.mjs';
import { buildLibrary, libraryFolder } from '../../scripts/lib/library-build.mjs';

const root = join(import.meta.dirname, '../..');
const page = readFileSync(join(root, 'docs/library.md'), 'utf8');
const examples = [
  ...page.matchAll(/^## (.*)\n(?:(?!^## )[\s\S])*?^```js\n([\s\S]*?)^```\n\n```text\n([\s\S]*?)^```/gm),
].map(([, title, code, output]) => ({ title: title as string, code: code as string, output: output as string }));
const names = exportedValues(readFileSync(join(root, 'src/index.ts'), 'utf8'));

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'chainrule-library-'));
beforeAll(() => {
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(root, join(folder, 'node_modules', 'chainrule'));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function node(file: string, code: string): Promise<string> {
  writeFileSync(join(folder, file), code);
  const { stdout, stderr } = await run(process.execPath, [file], { cwd: folder });
  expect(stderr).toBe('');
  return stdout;
}

describe('in Node', () => {
  test('there are as many examples as blocks of code', () => {
    expect(examples.length).toBe(page.split('```js\n').length - 1);
    expect(examples.length).toBeGreaterThan(7);
  });

  test.each(examples)('$title', { timeout: 120_000 }, async ({ title, code, output }) => {
    expect(await node(`${title.replaceAll(/\W+/g, '-')}.mjs`, code)).toBe(output);
  });

  test('the page names every export', () => {
    expect(names.length).toBeGreaterThan(15);
    const list = page.slice(page.indexOf('## All exports'));
    expect(names.filter((name) => !new RegExp(`\`${name}\\b`).test(list))).toEqual([]);
  });
});

describe('built for pages', { timeout: 300_000 }, () => {
  beforeAll(buildLibrary, 300_000);

  test('the module exports the same and asks for nothing of Node', async () => {
    const text = readFileSync(join(libraryFolder, 'chainrule.js'), 'utf8');
    expect(text).not.toMatch(/from ["']node:|\brequire\(["']|\bprocess\.(?!env)/);
    const out = await node(
      'page.mjs',
      `import * as library from ${JSON.stringify(join(libraryFolder, 'chainrule.js'))};
       console.log(Object.keys(library).sort().join());`,
    );
    expect(out.trim().split(',')).toEqual(names);
  });

  test('a program in TypeScript is checked against the types', async () => {
    const types = join(folder, 'typed.ts');
    const write = (line: string) =>
      writeFileSync(
        types,
        `import { compile, createSession, type Diagnostic, readGraph, run, type Tensor } from 'chainrule';
         const { graph, diagnostics } = readGraph('{}');
         const first: Diagnostic | undefined = diagnostics[0];
         if (graph) {
           const session = createSession(compile(graph, { mode: 'eval' }));
           session.feed({ x: [[1, 2]] });
           ${line}
           run(graph, { fetch: ['y.y'] });
         }
         export { first };`,
      );
    const check = () =>
      run(
        process.execPath,
        [
          join(root, 'node_modules/typescript/bin/tsc'),
          ...'--noEmit --strict --skipLibCheck --target es2023 --module nodenext --moduleResolution nodenext'.split(
            ' ',
          ),
          types,
        ],
        { cwd: folder },
      ).then(
        () => '',
        (fault: { stdout: string }) => fault.stdout,
      );
    write("const value: Tensor = session.read('y.y');");
    expect(await check()).toBe('');
    write("const value: string = session.read('y.y');");
    expect(await check()).toContain('TS2322');
  });
});
