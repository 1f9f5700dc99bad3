// The source files of the project, their syntax trees and their imports, for the tests of this folder.
import { readdirSync, readFileSync } from 'node:fs';
import { posix, resolve, sep } from 'node:path';
import { type ESTree, parseSync } from 'vite';

/** A module of src/: its path below src/, its text and its tree. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
  readonly tree: ESTree.Program;
}

/** An import in any spelling; `typeOnly` when nothing of it exists at run time, `lazy` when it is loaded on demand. */
export interface Import {
  readonly specifier: string;
  readonly typeOnly: boolean;
  readonly lazy: boolean;
}

/** A node of the tree, seen without its kind. */
export type SyntaxNode = { readonly type: string; readonly start: number; readonly [key: string]: unknown };

const sourceRoot = resolve(import.meta.dirname, '../../src');

/** Every TypeScript module below src/, parsed, sorted by path. */
export function readSourceFiles(): readonly SourceFile[] {
  return listFiles(sourceRoot)
    .filter((path) => /\.tsx?$/.test(path))
    .map((path) => parseSource(path, readFileSync(resolve(sourceRoot, path), 'utf8')));
}

/** Every path below `folder`, with forward slashes, sorted. */
export function listFiles(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      resolve(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .split(sep)
        .join('/'),
    )
    .sort();
}

/** Parses a module; a syntax error is a fault of the test's input and throws. */
export function parseSource(path: string, text: string): SourceFile {
  const { program, errors } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`${path}: ${errors[0]?.message}`);
  return { path, text, tree: program };
}

/** Every import of a module: `import`, `import type`, `export … from`, `import(…)`, `import('…').Type`, worker addresses. */
export function importsOf(file: SourceFile): readonly Import[] {
  const found: Import[] = [];
  walk(file.tree, (node) => {
    const specifier = specifierOf(node);
    if (specifier !== undefined)
      found.push({ specifier, typeOnly: isTypeOnly(node), lazy: /^(ImportExpression|NewExpression)$/.test(node.type) });
  });
  return found;
}

/** Where a relative specifier leads, as a path below src/ (it may start with `..`), or undefined for a package. */
export function resolveSpecifier(from: string, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) return undefined;
  return posix.normalize(posix.join(posix.dirname(from), specifier.replace(/\?.*$/, '')));
}

/** Calls `visit` for every node, parents first, with the chain of ancestors (nearest last). */
export function walk(
  root: object,
  visit: (node: SyntaxNode, ancestors: readonly SyntaxNode[]) => void,
  ancestors: readonly SyntaxNode[] = [],
): void {
  const node = root as SyntaxNode;
  visit(node, ancestors);
  const inner = [...ancestors, node];
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (typeof child === 'object' && child !== null && 'type' in child) walk(child, visit, inner);
    }
  }
}

/** The line of an offset, from 1. */
export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

function specifierOf(node: SyntaxNode): string | undefined {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportAllDeclaration':
    case 'ExportNamedDeclaration':
    case 'ImportExpression':
    case 'TSImportType':
      return literal(node['source'] ?? node['argument']);
    case 'TSExternalModuleReference':
      return literal(node['expression']);
    case 'NewExpression': {
      // new URL('./worker.ts', import.meta.url): how a bundler is told of a worker or an asset
      const callee = node['callee'] as SyntaxNode;
      const [address, base] = node['arguments'] as SyntaxNode[];
      if (callee['name'] !== 'URL' || base?.type !== 'MemberExpression') return undefined;
      return literal(address);
    }
    default:
      return undefined;
  }
}

function isTypeOnly(node: SyntaxNode): boolean {
  if (node.type === 'TSImportType' || node['importKind'] === 'type' || node['exportKind'] === 'type') return true;
  const specifiers = node['specifiers'] as SyntaxNode[] | undefined;
  if (!specifiers || specifiers.length === 0) return false;
  return specifiers.every((each) => each['importKind'] === 'type' || each['exportKind'] === 'type');
}

function literal(node: unknown): string | undefined {
  const value = (node as SyntaxNode | null | undefined)?.['value'];
  if (typeof value === 'string') return value;
  // TSImportType wraps its literal: import('…') holds TSLiteralType { literal }
  const inner = (node as SyntaxNode | null | undefined)?.['literal'] as SyntaxNode | undefined;
  return typeof inner?.['value'] === 'string' ? inner['value'] : undefined;
}
