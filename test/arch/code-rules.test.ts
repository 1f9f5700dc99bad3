// Habits that hold for every module of src/: deterministic arithmetic, no module state, short files, plain names.
// Each rule is a function from a module to its faults, shown to catch a wrong module before it judges the real ones.
import { describe, expect, test } from 'vitest';
import { lineAt, parseSource, readSourceFiles, type SourceFile, type SyntaxNode, walk } from './source-files.ts';

const longestFile = 400;

// Engines disagree on these in the last bits; `+ - * / sqrt abs floor …` are exact everywhere.
const inexact = new Set(['exp', 'log', 'sin', 'cos', 'tan', 'tanh', 'pow', 'random']);
// Further ones, and `**`, that the page may use for drawing and for printing numbers.
const inexactInEngine = new Set([
  ...['expm1', 'log1p', 'log2', 'log10', 'sinh', 'cosh', 'asin', 'acos', 'atan', 'atan2', 'cbrt', 'hypot'],
  ...inexact,
]);

/** Programs, not modules: nobody imports them, and they hold the one instance of everything. */
const entries = ['app/main.tsx', 'engine/worker.ts'];

/** Where a platform's own functions are the point: the kernels' float64 references. */
const referencePlace = 'kernels/reference/';

const rules: Record<string, (file: SourceFile) => readonly string[]> = {
  'numbers do not depend on the engine': inexactMath,
  'no state at module level': moduleState,
  'a long file says why': lengthWithoutReason,
  'files are named in kebab-case': badName,
  'no default export': defaultExport,
  'a file opens with at most six lines of comment': longHeader,
};

const files = readSourceFiles();

test('there are files to judge', () => {
  expect(files.length).toBeGreaterThan(20);
});

test.each(Object.entries(rules))('%s', (_, rule) => {
  expect(files.flatMap(rule)).toEqual([]);
});

describe('the rules catch', () => {
  const wrong: [keyof typeof rules, string, string][] = [
    ['numbers do not depend on the engine', 'training/a.ts', 'export const f = (x: number) => Math.exp(x);'],
    [
      'numbers do not depend on the engine',
      'training/a.ts',
      'const { log } = Math; export const f = (x: number) => log(x);',
    ],
    ['numbers do not depend on the engine', 'training/a.ts', 'export const f = (x: number) => x ** 0.5;'],
    ['numbers do not depend on the engine', 'training/a.ts', "export const f = (x: number) => Math['sin'](x);"],
    ['numbers do not depend on the engine', 'training/a.ts', 'export const f = () => Math.random();'],
    ['numbers do not depend on the engine', 'operators/a.ts', 'export const a = { forward: () => Math.tanh(1) };'],
    ['numbers do not depend on the engine', 'training/a.ts', 'const m = Math; export const f = () => m.exp(1);'],
    [
      'numbers do not depend on the engine',
      'operators/a.ts',
      'function s(x: number) { return Math.exp(x); } export const a = { reference: s, forward: () => s(1) };',
    ],
    ['numbers do not depend on the engine', 'operators/a.ts', 'export function s(x: number) { return Math.exp(x); }'],
    ['no state at module level', 'engine/a.ts', 'let count = 0; export const next = () => ++count;'],
    ['no state at module level', 'engine/a.ts', 'export let count = 0;'],
    [
      'no state at module level',
      'engine/a.ts',
      'const cache = new Map<string, number>(); export const a = () => cache;',
    ],
    ['no state at module level', 'engine/a.ts', 'const list: number[] = []; export const a = () => list.push(1);'],
    ['a long file says why', 'engine/a.ts', `export const a = 1;${'\n'.repeat(401)}`],
    ['files are named in kebab-case', 'engine/runState.ts', 'export const a = 1;'],
    ['files are named in kebab-case', 'app/canvas/Node_view.tsx', 'export const a = 1;'],
    ['no default export', 'engine/a.ts', 'export default 1;'],
    ['no default export', 'engine/a.ts', 'const a = 1; export { a as default };'],
    [
      'a file opens with at most six lines of comment',
      'engine/a.ts',
      '// a\n// b\n// c\n// d\n// e\n// f\n// g\nexport {};',
    ],
  ];
  test.each(wrong)('%s: %s %j', (name, path, text) => {
    expect(rules[name]?.(parseSource(path, text))).toHaveLength(1);
  });

  const right: [keyof typeof rules, string, string][] = [
    [
      'numbers do not depend on the engine',
      'training/a.ts',
      'export const f = (x: number) => Math.sqrt(x) + 2 ** 32 + x * x;',
    ],
    ['numbers do not depend on the engine', 'kernels/reference/a.ts', 'export const f = (x: number) => Math.exp(x);'],
    [
      'numbers do not depend on the engine',
      'operators/a.ts',
      'export const a = { reference: (x: number) => Math.exp(x) };',
    ],
    [
      'numbers do not depend on the engine',
      'operators/a.ts',
      'function sigmoidReference(x: number) { return Math.exp(x); }',
    ],
    [
      'numbers do not depend on the engine',
      'operators/a.ts',
      'const s = (x: number) => Math.exp(x); function t() { return s(2); } export const a = { explain: () => [s(1), t()] };',
    ],
    ['numbers do not depend on the engine', 'app/charts/a.ts', 'export const f = (x: number) => Math.log10(x);'],
    ['no state at module level', 'engine/a.ts', 'const names: readonly string[] = []; const m = new Map([[1, 2]]);'],
    [
      'no state at module level',
      'engine/a.ts',
      'export function f() { let a = 0; const m = new Map(); return [a, m]; }',
    ],
    ['a long file says why', 'engine/a.ts', `// Length: one table.\n${'\n'.repeat(401)}`],
    ['files are named in kebab-case', 'operators/nn/conv2d.ts', ''],
    ['files are named in kebab-case', 'operators/registry.generated.ts', ''],
    ['files are named in kebab-case', 'formats/onnx/onnx-messages.generated.d.ts', ''],
  ];
  test.each(right)('but not %s: %s %j', (name, path, text) => {
    expect(rules[name]?.(parseSource(path, text))).toEqual([]);
  });
});

function inexactMath(file: SourceFile): readonly string[] {
  if (file.path === 'tensor/elementary.ts' || file.path.startsWith(referencePlace)) return [];
  const banned = file.path.startsWith('app/') ? inexact : inexactInEngine;
  const faults: string[] = [];
  walk(file.tree, (node, ancestors) => {
    const name = inexactName(node, banned, ancestors.at(-1));
    if (name === undefined) return;
    if (file.path.startsWith('operators/') && inReferenceCode(file, ancestors)) return;
    faults.push(`${file.path}:${lineAt(file.text, node.start)}: ${name} differs between engines`);
  });
  return faults;
}

function inexactName(node: SyntaxNode, banned: ReadonlySet<string>, parent?: SyntaxNode): string | undefined {
  if (node.type === 'BinaryExpression' && node['operator'] === '**' && banned !== inexact) {
    const constant = [node['left'], node['right']].every((side) => isNumber(side as SyntaxNode));
    return constant ? undefined : '**';
  }
  if (node.type !== 'Identifier' || node['name'] !== 'Math' || parent === undefined) return undefined;
  if (parent.type === 'VariableDeclarator') return 'taking functions out of Math';
  if (parent.type !== 'MemberExpression' || parent['object'] !== node) return undefined;
  const property = parent['property'] as SyntaxNode;
  const name = String(property['name'] ?? property['value']);
  return banned.has(name) ? `Math.${name}` : undefined;
}

function isNumber(node: SyntaxNode): boolean {
  return node.type === 'Literal' || (node.type === 'UnaryExpression' && isNumber(node['argument'] as SyntaxNode));
}

/**
 * Operators hold their float64 reference and their explanation beside code for plans. Code belongs to the former when it
 * stands in something of that name, or in a function of the same file that only such code mentions.
 */
function inReferenceCode(file: SourceFile, ancestors: readonly SyntaxNode[], asked: readonly string[] = []): boolean {
  if (ancestors.some(isReference)) return true;
  const name = localFunction(ancestors);
  if (name === undefined || asked.includes(name)) return name !== undefined;
  const mentions: boolean[] = [];
  walk(file.tree, (node, around) => {
    if (node.type !== 'Identifier' || node['name'] !== name || localFunction(around) === name) return;
    const parent = around.at(-1);
    if (!parent?.['computed'] && (parent?.['property'] === node || parent?.['key'] === node)) return; // a member's name
    mentions.push(inReferenceCode(file, around, [...asked, name]));
  });
  return mentions.length > 0 && mentions.every(Boolean);
}

/** The name of the function at module level that encloses a node, unless other modules can call it. */
function localFunction(ancestors: readonly SyntaxNode[]): string | undefined {
  const statement = ancestors[1];
  const declarations = (statement?.['declarations'] as SyntaxNode[] | undefined) ?? [statement];
  const id = (declarations[0]?.type === 'ExportNamedDeclaration' ? undefined : declarations[0]?.['id']) as
    | SyntaxNode
    | undefined;
  return id?.['name'] as string | undefined;
}

function isReference(node: SyntaxNode): boolean {
  const key = (node['key'] ?? node['id']) as SyntaxNode | null | undefined;
  return /reference|explain/i.test(String(key?.['name'] ?? ''));
}

function moduleState(file: SourceFile): readonly string[] {
  if (entries.includes(file.path)) return [];
  const faults: string[] = [];
  for (const statement of file.tree.body as unknown as readonly SyntaxNode[]) {
    const declaration = (statement.type === 'ExportNamedDeclaration' ? statement['declaration'] : statement) as
      | SyntaxNode
      | null
      | undefined;
    if (declaration?.type !== 'VariableDeclaration') continue;
    if (declaration['kind'] !== 'const') {
      faults.push(`${file.path}:${lineAt(file.text, statement.start)}: ${String(declaration['kind'])} at module level`);
      continue;
    }
    for (const each of declaration['declarations'] as SyntaxNode[]) {
      if (!isEmptyCollection(each)) continue;
      faults.push(`${file.path}:${lineAt(file.text, each.start)}: a collection that starts empty is state`);
    }
  }
  return faults;
}

function isEmptyCollection(declarator: SyntaxNode): boolean {
  const init = declarator['init'] as SyntaxNode | null;
  const made = String((init?.['callee'] as SyntaxNode | undefined)?.['name']);
  const collection = init?.type === 'NewExpression' && ['Map', 'Set', 'WeakMap', 'WeakSet'].includes(made);
  if (!collection && init?.type !== 'ArrayExpression') return false;
  if ((init['arguments'] as unknown[] | undefined)?.length || (init['elements'] as unknown[] | undefined)?.length)
    return false;
  // One that is declared unchangeable stays empty: `const none: ReadonlySet<string> = new Set()`; of lists also by a name.
  const annotation = (declarator['id'] as SyntaxNode)['typeAnnotation'] as SyntaxNode | undefined;
  const type = annotation?.['typeAnnotation'] as SyntaxNode | undefined;
  const name = String((type?.['typeName'] as SyntaxNode | undefined)?.['name']);
  if (!collection) return type === undefined || type.type === 'TSArrayType' || name === 'Array';
  return !name.startsWith('Readonly');
}

function lengthWithoutReason(file: SourceFile): readonly string[] {
  if (file.path.endsWith('.generated.ts')) return [];
  const lines = file.text.trimEnd() === file.text ? file.text.split('\n') : file.text.split('\n').slice(0, -1);
  const reason = lines.slice(0, 8).some((line) => /^(\/\/|\s*\*|\/\*\*?).*\bLength: \S/.test(line));
  return lines.length <= longestFile || reason ? [] : [`${file.path}: ${lines.length} lines and no "Length: reason"`];
}

function badName({ path }: SourceFile): readonly string[] {
  const good = path.split('/').every((part) => /^[a-z0-9]+(-[a-z0-9]+)*(\.generated)?(\.d)?(\.tsx?)?$/.test(part));
  return good ? [] : [`${path} is not in kebab-case`];
}

function defaultExport(file: SourceFile): readonly string[] {
  const faults: string[] = [];
  walk(file.tree, (node) => {
    const exported = node.type === 'ExportSpecifier' ? (node['exported'] as SyntaxNode)['name'] : undefined;
    if (node.type === 'ExportDefaultDeclaration' || exported === 'default') {
      faults.push(`${file.path}:${lineAt(file.text, node.start)}: default export`);
    }
  });
  return faults;
}

function longHeader(file: SourceFile): readonly string[] {
  const header: string[] = [];
  for (const line of file.text.split('\n')) {
    if (!/^(\/\/|\/\*|\s\*)/.test(line)) break;
    header.push(line);
  }
  const told = header.filter((line) => !/^(\/\*\*?|\s\*\/)$/.test(line));
  return told.length <= 6 ? [] : [`${file.path}: opens with ${told.length} lines of comment`];
}
