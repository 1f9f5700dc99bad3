// Canonical text of a graph: members in the order of the schema, defaults left out, two spaces, lists of plain values and
// small objects on one line. Stable: the same graph gives the same bytes, and write(read(text)) does not change any more.
import { defaultTraining } from './default-training.ts';
import { graphFormat } from './graph-format.ts';
import { sameJson } from './same-json.ts';
import type { Block, GraphEdge, GraphFile, GraphNode, Scope, Training } from './schema.ts';

type Members = Readonly<Record<string, unknown>>;

/** What a line may hold before a list or an object is broken up. */
const lineWidth = 110;

/** The text of the file, ending in a newline. */
export function writeGraph(graph: GraphFile): string {
  return `${layOut(graphToJson(graph), 0)}\n`;
}

/** The file as plain JSON data: ordered members, defaults left out. */
export function graphToJson(graph: GraphFile): Members {
  const training = trainingToJson(graph.training);
  return present({
    format: graphFormat,
    version: graph.version,
    name: graph.name,
    description: graph.description,
    seed: graph.seed,
    ...scopeToJson(graph),
    blocks: unlessEmpty(mapMembers(graph.blocks, blockToJson)),
    ...notesToJson(graph),
    training: unlessEmpty(training),
  });
}

/** One node as the file shows it; also what the clipboard holds. */
export function nodeToJson(node: GraphNode): Members {
  return present({
    id: node.id,
    op: node.op,
    title: node.title,
    block: node.block,
    arguments: unlessEmpty(node.arguments),
    attributes: unlessEmpty(node.attributes),
    parameters: unlessEmpty(node.parameters),
    value: node.value,
    position: node.position,
  });
}

/** A wire as the file holds it. */
export function edgeToJson({ from, to }: GraphEdge): Members {
  return { from, to };
}

/** A block as the file holds it: members that say nothing are left out. */
export function blockToJson(block: Block): Members {
  return present({
    title: block.title,
    description: block.description,
    arguments: unlessEmpty(block.arguments),
    inputs: block.inputs.map(({ name, title, shape, dtype }) => present({ name, title, shape, dtype })),
    outputs: block.outputs,
    ...scopeToJson(block),
    ...notesToJson(block),
    layout: unlessEmpty(present({ in: block.layout?.in, out: block.layout?.out })),
  });
}

function scopeToJson({ nodes, edges }: Scope): Members {
  return { nodes: nodes.map(nodeToJson), edges: edges.map(edgeToJson) };
}

function notesToJson({ notes }: Scope): Members {
  if (notes.length === 0) return {};
  return { notes: notes.map(({ id, text, position, size }) => present({ id, text, position, size })) };
}

/** What differs from the defaults. A later change of a default must come with a migration. */
function trainingToJson(training: Training): Members {
  const defaults: Members = { ...defaultTraining() };
  const ordered: Members = {
    loss: training.loss,
    metrics: training.metrics.map(({ kind, scores, target }) => ({ kind, scores, target })),
    epochs: training.epochs,
    batch: training.batch,
    numerics: training.numerics,
    data: training.data && dataToJson(training.data),
    optimizer: training.optimizer,
    schedule: training.schedule,
    clip: training.clip,
    penalty: training.penalty,
  };
  const entries = Object.entries(ordered).filter(([key, value]) => !sameJson(value, defaults[key]));
  return Object.fromEntries(entries);
}

function dataToJson(data: NonNullable<Training['data']>): Members {
  const { source, options, bind, validation, shuffle, preprocess, augment } = data;
  return present({
    source,
    options: unlessEmpty(options),
    bind: unlessEmpty(bind),
    validation,
    shuffle,
    preprocess: preprocess.length > 0 ? preprocess : undefined,
    augment: augment.length > 0 ? augment : undefined,
  });
}

function present(members: Members): Members {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

function unlessEmpty(members: Members | undefined): Members | undefined {
  return members === undefined || Object.keys(members).length === 0 ? undefined : members;
}

function mapMembers<T>(members: Readonly<Record<string, T>>, map: (value: T) => unknown): Members {
  return Object.fromEntries(Object.entries(members).map(([key, value]) => [key, map(value)]));
}

/** JSON on one line where it fits or holds only numbers, broken up otherwise. */
function layOut(value: unknown, depth: number): string {
  const line = onLine(value);
  if (typeof value !== 'object' || value === null) return line;
  const numbers = Array.isArray(value) && value.every((each) => typeof each === 'number');
  if (numbers || (depth > 1 && depth * 2 + line.length <= lineWidth)) return line;
  if ((Array.isArray(value) ? value : Object.keys(value)).length === 0) return line;
  const indent = '  '.repeat(depth + 1);
  const parts = Array.isArray(value)
    ? value.map((each) => indent + layOut(each, depth + 1))
    : Object.entries(value).map(([key, each]) => `${indent}${JSON.stringify(key)}: ${layOut(each, depth + 1)}`);
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  return `${open}\n${parts.join(',\n')}\n${'  '.repeat(depth)}${close}`;
}

function onLine(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(onLine).join(', ')}]`;
  const parts = Object.entries(value).map(([key, each]) => `${JSON.stringify(key)}: ${onLine(each)}`);
  return parts.length === 0 ? '{}' : `{ ${parts.join(', ')} }`;
}
