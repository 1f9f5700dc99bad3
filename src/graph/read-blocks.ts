// Reads the block definitions: first their borders, which everybody's wires are checked against, then what lies inside.
import { identifierFault } from '../language/identifier.ts';
import { type Diagnostic, error } from '../tensor/diagnostic.ts';
import { findCycles } from './cycles.ts';
import { toPointer } from './json-text.ts';
import { limits } from './limits.ts';
import { usesBlock } from './ports.ts';
import { readScope } from './read-scope.ts';
import { repair } from './repair.ts';
import { type Block, blockSchema, type GraphNode, type Scope } from './schema.ts';

type Report = (diagnostic: Diagnostic) => void;
type Raw = Readonly<Record<string, unknown>>;

/** A block whose inside has not been read yet. */
export interface BlockHead {
  readonly raw: Raw;
  readonly block: Block;
}

/** @param raw the `blocks` member of the file, plain JSON */
export function readBlockHeads(raw: unknown, report: Report): ReadonlyMap<string, BlockHead> {
  const heads = new Map<string, BlockHead>();
  if (raw === undefined) return heads;
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    report(error('E_FIELD', '`blocks` must be an object; left out', { json: '/blocks' }));
    return heads;
  }
  for (const [name, value] of Object.entries(raw).slice(0, limits.blocks)) {
    const json = toPointer(['blocks', name]);
    const fault = identifierFault(name);
    if (fault !== undefined || typeof value !== 'object' || value === null || Array.isArray(value)) {
      const why = fault === undefined ? ' must be an object' : `: the name ${fault}`;
      report(error('E_BLOCK', `block \`${name.slice(0, 100)}\`${why}; left out`, { json }));
      continue;
    }
    const { nodes, edges, notes, ...head } = value as Raw;
    const block = repair(blockSchema, head, `block \`${name}\``, json, report);
    if (block !== undefined) heads.set(name, { raw: value as Raw, block: withUniquePorts(block, name, json, report) });
  }
  if (Object.keys(raw).length > limits.blocks) {
    report(error('E_TOO_LARGE', `more than ${limits.blocks} blocks; the rest is left out`, { json: '/blocks' }));
  }
  return heads;
}

function withUniquePorts(block: Block, name: string, json: string, report: Report): Block {
  const once = <T>(items: readonly T[], key: 'inputs' | 'outputs', idOf: (item: T) => string): T[] => {
    const seen = new Set<string>();
    return items.filter((item, index) => {
      const id = idOf(item);
      if (!seen.has(id)) return seen.add(id);
      const message = `block \`${name}\` has two ${key} called \`${id}\`; the second is left out`;
      report(error('E_DUPLICATE_ID', message, { json: `${json}/${key}/${index}` }));
      return false;
    });
  };
  const inputs = once(block.inputs, 'inputs', (input) => input.name);
  return { ...block, inputs, outputs: once(block.outputs, 'outputs', (output) => output) };
}

/** The blocks with their insides; uses through which a block would contain itself are left out. */
export function readBlocks(heads: ReadonlyMap<string, BlockHead>, report: Report): Readonly<Record<string, Block>> {
  const findBlock = (name: string) => heads.get(name)?.block;
  const blocks: Record<string, Block> = {};
  // Paths count from the outermost graph, where a block may stand many times: only the place in the file is certain.
  const reportInside: Report = ({ at: { path, ...at }, ...rest }) => report({ ...rest, at });
  for (const [name, { raw, block }] of heads) {
    const pointer = toPointer(['blocks', name]);
    const scope = readScope(raw, { pointer, block, findBlock, report: reportInside });
    blocks[name] = { ...block, ...scope };
  }
  return withoutRecursion(blocks, heads, report);
}

function withoutRecursion(
  blocks: Readonly<Record<string, Block>>,
  heads: ReadonlyMap<string, BlockHead>,
  report: Report,
): Readonly<Record<string, Block>> {
  const uses = Object.entries(blocks).flatMap(([from, { nodes }]) =>
    nodes.filter(usesBlock).map((node) => ({ from, to: node.block as string, node })),
  );
  const cycles = findCycles(uses);
  if (cycles.length === 0) return blocks;
  const out: Record<string, Block> = { ...blocks };
  for (const { closing, path } of cycles) {
    const message = `block \`${closing.to}\` contains itself: ${path.join(' → ')}; node \`${closing.node.id}\` is left out with its wires`;
    report(
      error('E_BLOCK_RECURSION', message, {
        json: toPointer(['blocks', closing.from, 'nodes', indexOf(heads.get(closing.from), closing.node)]),
      }),
    );
    out[closing.from] = withoutNode(out[closing.from] as Block, closing.node.id);
  }
  return out;
}

/** Index in the file of a node that was read from it. */
function indexOf(head: BlockHead | undefined, node: GraphNode): number {
  const nodes = head?.raw['nodes'];
  return Array.isArray(nodes) ? nodes.findIndex((each) => (each as { id?: unknown } | null)?.id === node.id) : 0;
}

function withoutNode<S extends Scope>(scope: S, id: string): S {
  const touches = (end: string) => end.startsWith(`${id}.`);
  return {
    ...scope,
    nodes: scope.nodes.filter((node) => node.id !== id),
    edges: scope.edges.filter(({ from, to }) => !touches(from) && !touches(to)),
  };
}
