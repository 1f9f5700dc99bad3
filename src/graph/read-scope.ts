// Reads the nodes, wires and notes of the graph or of one block. What cannot stay is left out and said, each with its place
// in the file; what is returned is sound: unique ids, known operators, wires between ports that exist, no cycle.
import { nearest } from '../language/nearest.ts';
import { findOperator } from '../operators/catalogue.ts';
import { type Diagnostic, error, warning } from '../tensor/diagnostic.ts';
import { allOperatorNames, checkNode } from './check-node.ts';
import { findCycles } from './cycles.ts';
import { parseEndpoint } from './endpoint.ts';
import { toPointer } from './json-text.ts';
import { limits } from './limits.ts';
import { findPort, type NodePort, type NodePorts, nodePorts, portNames, usesBlock, variadicIndex } from './ports.ts';
import { repair } from './repair.ts';
import {
  type Block,
  edgeSchema,
  type GraphEdge,
  type GraphNode,
  type Note,
  nodeSchema,
  noteSchema,
  type Scope,
} from './schema.ts';

export interface ScopeContext {
  /** JSON pointer of the object that holds nodes and edges. */
  readonly pointer: string;
  /** The block being read; undefined for the graph itself. */
  readonly block: Pick<Block, 'inputs' | 'outputs' | 'arguments'> | undefined;
  /** Nodes of unknown operators stay. */
  readonly keepUnknown?: boolean;
  findBlock(name: string): Pick<Block, 'inputs' | 'outputs' | 'arguments'> | undefined;
  report(diagnostic: Diagnostic): void;
}

/** @param raw the object that holds `nodes`, `edges` and `notes`, already plain JSON */
export function readScope(raw: Readonly<Record<string, unknown>>, context: ScopeContext): Scope {
  const nodes = readNodes(list(raw, 'nodes', limits.nodes, context), context);
  const edges = readEdges(list(raw, 'edges', limits.edges, context), nodes, context);
  return { nodes, edges, notes: readNotes(list(raw, 'notes', limits.notes, context), context) };
}

function list(
  raw: Readonly<Record<string, unknown>>,
  key: string,
  most: number,
  { pointer, report }: ScopeContext,
): readonly unknown[] {
  const value = raw[key];
  if (value === undefined) return [];
  const json = pointer + toPointer([key]);
  if (!Array.isArray(value)) {
    report(error('E_FIELD', `\`${key}\` must be a list; left out`, { json }));
    return [];
  }
  if (value.length <= most) return value;
  report(error('E_TOO_LARGE', `${value.length} ${key}, ${most} are allowed; the rest is left out`, { json }));
  return value.slice(0, most);
}

function readNodes(raw: readonly unknown[], context: ScopeContext): readonly GraphNode[] {
  const nodes = new Map<string, GraphNode>();
  for (const [index, each] of raw.entries()) {
    const json = context.pointer + toPointer(['nodes', index]);
    const node = repair(nodeSchema, each, nodeLabel(each, index), json, context.report);
    if (node === undefined) {
      context.report(error('E_NODE', `${nodeLabel(each, index)} cannot be read; left out`, { json }));
      continue;
    }
    if (nodes.has(node.id)) {
      const message = `a second node is called \`${node.id}\`; left out`;
      context.report(error('E_DUPLICATE_ID', message, { path: node.id, json }, { hint: 'Give it an id of its own' }));
      continue;
    }
    if (!usesBlock(node) && findOperator(node.op) === undefined) {
      const near = nearest(node.op, allOperatorNames());
      const hint = near === undefined ? {} : { hint: `Did you mean \`${near}\`?` };
      context.report(
        error(
          'E_UNKNOWN_OPERATOR',
          `node \`${node.id}\`: there is no operator \`${node.op}\`${context.keepUnknown ? '' : '; left out'}`,
          { path: node.id, json },
          hint,
        ),
      );
      if (context.keepUnknown) nodes.set(node.id, node);
      continue;
    }
    const checked = checkNode(node, json, context);
    if (checked !== undefined) nodes.set(node.id, checked);
  }
  return [...nodes.values()];
}

function nodeLabel(raw: unknown, index: number): string {
  const id = typeof raw === 'object' && raw !== null && 'id' in raw ? raw.id : undefined;
  return typeof id === 'string' && id !== '' ? `node \`${id.slice(0, 100)}\`` : `node ${index}`;
}

function readNotes(raw: readonly unknown[], { pointer, report }: ScopeContext): readonly Note[] {
  const notes = new Map<string, Note>();
  for (const [index, each] of raw.entries()) {
    const json = pointer + toPointer(['notes', index]);
    const note = repair(noteSchema, each, `note ${index}`, json, report);
    if (note === undefined) continue;
    if (notes.has(note.id))
      report(error('E_DUPLICATE_ID', `a second note is called \`${note.id}\`; left out`, { json }));
    else notes.set(note.id, note);
  }
  return [...notes.values()];
}

interface PlacedEdge {
  readonly edge: GraphEdge;
  readonly index: number;
  /** Ids of the nodes at its ends. */
  readonly from: string;
  readonly to: string;
}

function readEdges(raw: readonly unknown[], nodes: readonly GraphNode[], context: ScopeContext): readonly GraphEdge[] {
  const ports = scopePorts(nodes, context);
  const taken = new Map<string, number>();
  const placed: PlacedEdge[] = [];
  for (const [index, each] of raw.entries()) {
    const json = context.pointer + toPointer(['edges', index]);
    const edge = repair(edgeSchema, each, `edge ${index}`, json, context.report);
    if (edge === undefined) continue;
    const from = endFault(edge.from, 'outputs', ports);
    const to = endFault(edge.to, 'inputs', ports);
    for (const [key, fault] of [
      ['from', from],
      ['to', to],
    ] as const) {
      if (fault === undefined) continue;
      const direction = key === 'from' ? 'comes from' : 'goes to';
      const at = { json: json + toPointer([key]), ...(fault.node === undefined ? {} : { path: fault.node }) };
      context.report(
        error(
          fault.code,
          `edge ${index} ${direction} \`${edge[key]}\`, but ${fault.message}; left out`,
          at,
          fault.more,
        ),
      );
    }
    if (from !== undefined || to !== undefined) continue;
    const first = taken.get(edge.to);
    if (first !== undefined) {
      const message = `edges ${first} and ${index} both go to \`${edge.to}\`, which takes one; the second is left out`;
      context.report(error('E_TWO_WIRES', message, { ...placeOf(edge.to), json }));
      continue;
    }
    taken.set(edge.to, index);
    const [source, target] = [edge.from, edge.to].map((end) => parseEndpoint(end)?.node ?? '');
    placed.push({ edge, index, from: source as string, to: target as string });
  }
  return closeGaps(withoutCycles(placed, context), ports, context);
}

function placeOf(end: string): { path?: string; port?: string } {
  const parsed = parseEndpoint(end);
  return parsed === undefined ? {} : { path: parsed.node, port: parsed.port };
}

/** Ports by node id; the border of a block is seen from inside: `in` gives, `out` takes. */
function scopePorts(nodes: readonly GraphNode[], { block, findBlock }: ScopeContext): ReadonlyMap<string, NodePorts> {
  const table = new Map<string, NodePorts>();
  if (block !== undefined) {
    const border = nodePorts({ op: 'block', block: 'self', attributes: {} }, () => block) as NodePorts;
    table.set('in', { inputs: [], outputs: border.inputs });
    table.set('out', { inputs: border.outputs, outputs: [] });
  }
  for (const node of nodes) table.set(node.id, nodePorts(node, findBlock) ?? openPorts);
  return table;
}

/** What an unknown operator may have, as the ONNX reader wires it. */
const openPorts: NodePorts = { inputs: [openPort('x')], outputs: [openPort('y')] };

function openPort(name: string): NodePort {
  const any = { dtype: 'any', optional: true, parameter: false, feedable: false, known: false } as const;
  return { name, title: name, variadic: 0, ...any };
}

interface EndFault {
  readonly code: `E_${string}`;
  readonly message: string;
  readonly node?: string;
  readonly more?: { readonly hint: string };
}

function endFault(
  end: string,
  side: 'inputs' | 'outputs',
  ports: ReadonlyMap<string, NodePorts>,
): EndFault | undefined {
  const parsed = parseEndpoint(end);
  if (parsed === undefined) return { code: 'E_ENDPOINT', message: 'an end is written `node.port`' };
  const { node, port } = parsed;
  const own = ports.get(node);
  if (own === undefined) {
    if (node === 'in' || node === 'out')
      return { code: 'E_DANGLING', message: `\`${node}\` exists only inside blocks` };
    return { code: 'E_DANGLING', message: `there is no node \`${node}\``, ...suggestion(node, [...ports.keys()]) };
  }
  if (findPort(own[side], port) !== undefined) return undefined;
  const other = side === 'inputs' ? 'outputs' : 'inputs';
  if (findPort(own[other], port) !== undefined) {
    return { code: 'E_DIRECTION', node, message: `\`${port}\` is an ${other.slice(0, -1)} of \`${node}\`` };
  }
  const names = portNames(own[side]);
  const has = names.length === 0 ? `no ${side}` : `${names.map((name) => `\`${name}\``).join(', ')}`;
  return {
    code: 'E_PORT',
    node,
    message: `\`${node}\` has no such ${side.slice(0, -1)} (it has ${has})`,
    ...suggestion(port, names),
  };
}

function suggestion(text: string, names: readonly string[]): { more?: { hint: string } } {
  const near = nearest(text, names);
  return near === undefined ? {} : { more: { hint: `Did you mean \`${near}\`?` } };
}

function withoutCycles(placed: readonly PlacedEdge[], context: ScopeContext): readonly PlacedEdge[] {
  const cycles = findCycles(placed);
  for (const { closing, path } of cycles) {
    const message = `the wires run in a circle: ${path.join(' → ')}; edge ${closing.index} (\`${closing.edge.from}\` to \`${closing.edge.to}\`) is left out`;
    const json = context.pointer + toPointer(['edges', closing.index]);
    context.report(
      error('E_CYCLE', message, { path: closing.to, json }, { hint: 'Feed values back through a recurrence' }),
    );
  }
  if (cycles.length === 0) return placed;
  const dropped = new Set(cycles.map(({ closing }) => closing));
  return placed.filter((each) => !dropped.has(each));
}

/** Wires at x0, x2 of a variadic port become x0, x1. */
function closeGaps(
  placed: readonly PlacedEdge[],
  ports: ReadonlyMap<string, NodePorts>,
  context: ScopeContext,
): readonly GraphEdge[] {
  const groups = new Map<string, { readonly edge: PlacedEdge; readonly index: number; readonly stem: string }[]>();
  for (const each of placed) {
    const { node, port } = parseEndpoint(each.edge.to) ?? { node: '', port: '' };
    const spec = findPort(ports.get(node)?.inputs ?? [], port);
    const index = spec?.variadic === undefined ? undefined : variadicIndex(spec.name, port);
    if (spec === undefined || index === undefined) continue;
    const stem = `${node}.${spec.name}`;
    groups.set(stem, [...(groups.get(stem) ?? []), { edge: each, index, stem }]);
  }
  const moved = new Map<PlacedEdge, string>();
  for (const group of groups.values()) {
    const sorted = group.sort((a, b) => a.index - b.index);
    for (const [rank, { edge, index, stem }] of sorted.entries()) {
      if (rank === index) continue;
      moved.set(edge, `${stem}${rank}`);
      const json = context.pointer + toPointer(['edges', edge.index, 'to']);
      context.report(
        warning('W_GAP', `nothing goes to \`${stem}${rank}\`: \`${edge.edge.to}\` takes its place`, {
          ...placeOf(edge.edge.to),
          json,
        }),
      );
    }
  }
  return placed.map((each) => ({ from: each.edge.from, to: moved.get(each) ?? each.edge.to }));
}
