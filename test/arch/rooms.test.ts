// The rooms of src/ keep to their order: every import of every module is held against scripts/rooms.mjs.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { generatedOverrides } from '../../scripts/generators/biome-overrides.mjs';
import { areas, outsideFiles, packageFault, roomFault, rooms } from '../../scripts/rooms.mjs';
import { importsOf, parseSource, readSourceFiles, resolveSpecifier, type SourceFile } from './source-files.ts';

const files = readSourceFiles();

describe('what was looked at', () => {
  test('the files seen are exactly those that Vite lists', () => {
    const listed = Object.keys(import.meta.glob(['../../src/**/*.ts', '../../src/**/*.tsx']))
      .map((path) => path.replace('../../src/', ''))
      .sort();
    expect(listed.length).toBeGreaterThan(0);
    expect(files.map((file) => file.path)).toEqual(listed);
  });

  test.each(rooms.map((room) => room.name))('room %s exists and holds modules', (name) => {
    expect(files.filter((file) => file.path.startsWith(`${name}/`)).length).toBeGreaterThan(0);
  });

  test('every folder of src is a room, every folder of src/app an area', () => {
    const folders = new Set(files.filter((file) => file.path.includes('/')).map((file) => file.path.split('/')[0]));
    expect([...folders].sort()).toEqual(rooms.map((room) => room.name).sort());
    const inApp = files.map((file) => file.path.split('/')).filter((path) => path[0] === 'app' && path.length > 2);
    const known = [...areas.shared, ...areas.features, ...areas.top];
    expect([...new Set(inApp.map((path) => path[1]))].filter((area) => !known.includes(String(area)))).toEqual([]);
  });

  test('imports are found at all', () => {
    const relative = files.flatMap((file) => importsOf(file)).filter(({ specifier }) => specifier.startsWith('.'));
    expect(relative.length).toBeGreaterThan(files.length);
  });
});

test('no module imports from a room, an area or a package that it must not see', () => {
  expect(files.flatMap(faultsOf)).toEqual([]);
});

test('every relative import names an existing file with its extension', () => {
  const missing = files.flatMap((file) =>
    importsOf(file)
      .map(({ specifier }) => ({ specifier, path: resolveSpecifier(file.path, specifier) }))
      .filter(({ path }) => path !== undefined && !existsSync(resolve(import.meta.dirname, '../../src', path)))
      .map(({ specifier }) => `${file.path}: ${specifier}`),
  );
  expect(missing).toEqual([]);
});

test('what the page loads at first holds no compiler, kernel, runtime, operator code, training or format', () => {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const reached = new Set<string>();
  const follow = (path: string): void => {
    const file = byPath.get(path);
    if (!file || reached.has(path)) return;
    reached.add(path);
    for (const { specifier, typeOnly } of importsOf(file)) {
      const next = typeOnly ? undefined : resolveSpecifier(path, specifier);
      // The worker is a program of its own: the client starts it, the page does not contain it.
      if (next !== undefined && next !== 'engine/worker.ts') follow(next);
    }
  };
  for (const { path } of files) if (path.startsWith('app/')) follow(path);
  expect(reached.size).toBeGreaterThan(0);
  const heavy = /^(compiler|kernels|runtime|training|insight|formats)\/|^operators\/(?!catalogue)/;
  expect([...reached].filter((path) => heavy.test(path))).toEqual([]);
});

test('the page starts without the schema, the reader of files, the details of operators, charts and editor', () => {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const reached = new Set<string>();
  const packages = new Set<string>();
  const follow = (path: string): void => {
    const file = byPath.get(path);
    if (!file || reached.has(path)) return;
    reached.add(path);
    for (const { specifier, typeOnly, lazy } of importsOf(file)) {
      if (typeOnly || lazy) continue;
      const next = resolveSpecifier(path, specifier);
      if (next === undefined) packages.add(specifier);
      else follow(next);
    }
  };
  follow('app/main.tsx');
  expect(reached.has('app/canvas/canvas.tsx')).toBe(true);
  expect(packages).toContain('@xyflow/react');
  const late = /^graph\/(schema|read-graph)\.ts|^operators\/catalogue-details|^app\/(charts|code|trainer)\//;
  expect([...reached].filter((path) => late.test(path))).toEqual([]);
  expect([...packages].filter((name) => /^(zod|radix-ui|cmdk|recharts|monaco-editor|elkjs)/.test(name))).toEqual([]);
});

describe('the check itself catches', () => {
  const upwards = [
    ["import { f } from '../compiler/pipeline.ts';", 'a plain import'],
    ["import type { F } from '../compiler/pipeline.ts';", 'a type import'],
    ["import { type F } from '../compiler/pipeline.ts';", 'an inline type import'],
    ["export { f } from '../compiler/pipeline.ts';", 'a re-export'],
    ["export * from '../compiler/pipeline.ts';", 'an export of everything'],
    ["export type { F } from '../compiler/pipeline.ts';", 'a type re-export'],
    ["export const f = () => import('../compiler/pipeline.ts');", 'a dynamic import'],
    ["export type F = import('../compiler/pipeline.ts').F;", 'a type taken by import()'],
    ["import '../compiler/pipeline.ts';", 'an import for effect'],
    ["export const w = new URL('../compiler/pipeline.ts', import.meta.url);", 'a worker address'],
  ];
  test.each(upwards)('%s (%s)', (text) => {
    expect(faultsOf(parseSource('runtime/session.ts', text))).toHaveLength(1);
  });

  const wrong: [string, string, string][] = [
    ['graph/schema.ts', '../operators/nn/conv2d.ts', 'the graph sees only the catalogue'],
    [
      'graph/schema.ts',
      '../operators/catalogue-of-mine/x/../../nn/conv2d.ts',
      'a path that only looks like the catalogue',
    ],
    ['runtime/session.ts', '../operators/define-operator.ts', 'the runtime runs without operators'],
    ['runtime/session.ts', '../graph/schema.ts', 'the runtime runs without the graph'],
    ['tensor/shape.ts', '../language/parse.ts', 'a room above'],
    ['operators/nn/conv2d.ts', '../../compiler/pipeline.ts', 'from a folder deeper down'],
    ['app/canvas/canvas.tsx', '../../engine/engine.ts', 'the page sees the protocol and the client only'],
    ['app/canvas/canvas.tsx', '../../compiler/pipeline.ts', 'the page never sees the compiler'],
    ['app/canvas/canvas.tsx', '../inspector/inspector.tsx', 'a sibling feature'],
    ['app/ui/button.tsx', '../state/stores.ts', 'shared areas have an order too'],
    ['app/state/stores.ts', '../main.tsx', 'the entry is seen by nobody'],
    ['app/canvas/canvas.tsx', '../../../test/support/reference.ts', 'a file outside src'],
    ['app/shell/shell.tsx', '../../../public/graph.schema.json', 'a file outside src that belongs to the code panel'],
    ['index.ts', './cli/main.ts', 'the library has no command line'],
    ['cli/commands/run.ts', '../../compiler/compile.ts', 'the command line uses only the library'],
    ['cli/commands/run.ts', '../../library/run.ts', 'and that by its surface'],
    ['runtime/session.ts', '../index.ts', 'the library surface is for outsiders'],
    ['app/inspector/inspector.tsx', '@xyflow/react', 'React Flow outside the canvas'],
    ['app/trainer/curves.tsx', 'recharts', 'Recharts outside the charts'],
    ['app/shell/shell.tsx', 'monaco-editor/editor', 'Monaco outside the code panel'],
    ['app/state/stores.ts', 'comlink', 'Comlink outside the worker boundary'],
    ['engine/engine.ts', 'comlink', 'Comlink in the wrong file of the right room'],
    ['graph/edits.ts', 'react', 'React in the engine'],
    ['formats/idx/read-idx.ts', 'node:fs', 'Node in a room that runs in the browser'],
  ];
  test.each(wrong)('%s → %s (%s)', (from, specifier) => {
    expect(faultsOf(parseSource(from, `import x from '${specifier}';`))).toHaveLength(1);
  });

  const right: [string, string][] = [
    ['graph/schema.ts', '../operators/catalogue.generated.ts'],
    ['app/palette/palette.tsx', '../../operators/catalogue.generated.ts'],
    ['app/state/session.ts', '../../engine/protocol.ts'],
    ['app/shell/shell.tsx', '../canvas/canvas.tsx'],
    ['app/canvas/canvas.tsx', '@xyflow/react'],
    ['app/code/monaco.ts', '../../../public/graph.schema.json'],
    ['engine/client.ts', 'comlink'],
    ['cli/main.ts', 'node:fs'],
    ['cli/commands/run.ts', '../../index.ts'],
    ['compiler/infer.ts', '../operators/registry.generated.ts'],
    ['index.ts', './compiler/pipeline.ts'],
  ];
  test.each(right)('and lets %s → %s pass', (from, specifier) => {
    expect(faultsOf(parseSource(from, `import { x } from '${specifier}';`))).toEqual([]);
  });
});

test('the lint carries a rule for every room, every area and every file with a package of its own', () => {
  const covered = generatedOverrides().flatMap((override) => override.includes);
  const expected = [
    ...rooms.map((room) => `src/${room.name}/**`),
    'src/app/canvas/**',
    'src/engine/client.ts',
    'src/*.ts',
  ];
  expect(expected.filter((glob) => !covered.includes(glob))).toEqual([]);
});

function faultsOf(file: SourceFile): readonly string[] {
  return importsOf(file).flatMap(({ specifier }) => {
    const path = resolveSpecifier(file.path, specifier);
    const fault = path === undefined ? packageFault(file.path, specifier) : pathFault(file.path, path);
    return fault === undefined ? [] : [`${file.path}: ${fault}`];
  });
}

function pathFault(from: string, to: string): string | undefined {
  if (!to.startsWith('..')) return roomFault(from, to);
  const allowed = outsideFiles.some(
    ({ path, from: homes }) => path === to && homes.some((home) => from.startsWith(home)),
  );
  return allowed ? undefined : `${to} lies outside src`;
}
