// What the documents for developers name is there: files, folders, commands, links. A sentence may still be wrong; a path may not.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { rooms } from '../../scripts/rooms.mjs';
import { listFiles } from './source-files.ts';

const root = resolve(import.meta.dirname, '../..');
const roomNotes = rooms.map(({ name }) => `src/${name}/README.md`);
const documents = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', ...roomNotes, 'src/training/datasets/README.md'];
const longestNote = 20;

const sources = ['src', 'test', 'scripts'].flatMap((folder) => listFiles(resolve(root, folder)));
const scripts = (JSON.parse(read('package.json')) as { scripts: Record<string, string> }).scripts;

test.each(roomNotes)('%s is there and at most twenty lines long', (path) => {
  expect(existsSync(resolve(root, path))).toBe(true);
  expect(read(path).trimEnd().split('\n').length).toBeLessThanOrEqual(longestNote);
});

test.each(documents)('%s names only what there is', (path) => {
  expect(faultsOf(path, read(path))).toEqual([]);
});

describe('the check catches', () => {
  test.each([
    ['a path that is gone', 'Look at `src/compiler/gone.ts`.'],
    ['a file that is gone', 'Look at `gone.ts`.'],
    ['a path from a room', 'Look at `compiler/gone.ts`.'],
    ['a command', 'Run `npm run gone`.'],
    ['a link', 'See [there](docs/gone.md).'],
  ])('%s', (_, text) => {
    expect(faultsOf('README.md', text)).toHaveLength(1);
  });

  test.each([
    'Copy `src/operators/activation/relu.ts` and `pipeline.ts`; `compiler/infer.ts` and `src/graph/` are there.',
    'Run `npm run gen`, `npm test` or `npx vitest run test/unit/graph --project unit`; see [docs](docs/library.md).',
    'Value names such as `rnn[3]/cell.h`, formulas such as `a/b`, patterns such as `bench/<name>.mjs`.',
  ])('but not: %s', (text) => {
    expect(faultsOf('README.md', text)).toEqual([]);
  });
});

function read(path: string): string {
  return readFileSync(resolve(root, path), 'utf8');
}

function faultsOf(document: string, text: string): readonly string[] {
  const quoted = [...text.matchAll(/`([^`\n]+)`/g)].map(([, inside = '']) => inside);
  const links = [...text.matchAll(/\]\(([^)#:]+)\)/g)].map(([, to = '']) => to);
  return [
    ...quoted.filter((word) => isPath(word) && !isThere(document, word)).map((word) => `no file ${word}`),
    ...quoted.filter(isMissingScript).map((word) => `no script ${word}`),
    ...links.filter((to) => !existsSync(resolve(root, dirname(document), to))).map((to) => `no document ${to}`),
  ];
}

/** A file by its ending, or a place in a folder that this project has. */
function isPath(word: string): boolean {
  return (
    /^[\w@.-]+(\/[\w@.-]+)*\/?$/.test(word) &&
    /\.(tsx?|mjs|css|json|md)$|^(src|test|scripts|bench|docs|examples)\//.test(word)
  );
}

/** From the root, from src, beside the document, or, by its end, anywhere below src and scripts. */
function isThere(document: string, word: string): boolean {
  const bases = ['.', 'src', dirname(document)].map((base) => resolve(root, base, word));
  return bases.some(existsSync) || sources.some((path) => path === word || path.endsWith(`/${word}`));
}

function isMissingScript(word: string): boolean {
  const name = /^npm run ([\w:]+)/.exec(word)?.[1];
  return name !== undefined && !Object.hasOwn(scripts, name);
}
