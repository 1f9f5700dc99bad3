// Opens a graph file, whatever stands in it: never throws, reports every fault with a JSON pointer, and returns the good part.
// What is returned fits the schema and every structural rule (ports, one wire an input, no cycles, no block within itself).
// Shapes and types of tensors are left to the compiler.
import { type Diagnostic, error } from '../tensor/diagnostic.ts';
import { cleanJson } from './clean-json.ts';
import { expandedSize } from './expanded-size.ts';
import { graphFormat, graphVersion } from './graph-format.ts';

import { limits } from './limits.ts';
import { migrate } from './migrations/migrations.ts';
import { parseJsonText } from './parse-json-text.ts';
import { readBlockHeads, readBlocks } from './read-blocks.ts';
import { readScope } from './read-scope.ts';
import { readTraining } from './read-training.ts';
import { repair } from './repair.ts';
import { type GraphFile, graphSchema } from './schema.ts';

export interface ReadResult {
  /** null where nothing could be opened: no JSON, no graph file, or one from a later version. */
  readonly graph: GraphFile | null;
  readonly diagnostics: readonly Diagnostic[];
}

export interface ReadGraphOptions {
  /** Nodes of operators that do not exist stay, with their wires, for a page to draw; they are told all the same. */
  readonly keepUnknown?: boolean;
}

/** @param source the text of a file, or what JSON.parse made of it */
export function readGraph(source: unknown, { keepUnknown = false }: ReadGraphOptions = {}): ReadResult {
  const diagnostics: Diagnostic[] = [];
  const report = (diagnostic: Diagnostic): void => {
    diagnostics.push(diagnostic);
  };
  const parsed = typeof source === 'string' ? parseJsonText(source, report) : source;
  const raw = parsed === undefined ? undefined : cleanJson(parsed, report);
  if (raw === undefined) return { graph: null, diagnostics };
  if (!isObject(raw)) {
    report(error('E_FORMAT', 'a graph file is a JSON object', { json: '' }));
    return { graph: null, diagnostics };
  }
  const current = upToDate(raw, report);
  return { graph: current === undefined ? null : readParts(current, keepUnknown, report), diagnostics };
}

type Raw = Readonly<Record<string, unknown>>;
type Report = (diagnostic: Diagnostic) => void;

function isObject(value: unknown): value is Raw {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Checks format and version; undefined when this is nothing that we can read. */
function upToDate(raw: Raw, report: Report): Raw | undefined {
  if (raw['format'] !== graphFormat) {
    const message =
      raw['format'] === undefined ? 'no `format`' : `format ${JSON.stringify(raw['format']).slice(0, 60)}`;
    report(error('E_FORMAT', `this is not a graph file: ${message}, expected "${graphFormat}"`, { json: '/format' }));
    return undefined;
  }
  const version = raw['version'];
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1) {
    report(error('E_VERSION', `\`version\` must be a whole number from 1 to ${graphVersion}`, { json: '/version' }));
    return undefined;
  }
  if (version > graphVersion) {
    const hint = { hint: 'Open it with a newer Chainrule' };
    report(
      error(
        'E_VERSION',
        `the file is of version ${version}, this reads up to ${graphVersion}`,
        { json: '/version' },
        hint,
      ),
    );
    return undefined;
  }
  return migrate(raw, version, graphVersion);
}

function readParts(raw: Raw, keepUnknown: boolean, report: Report): GraphFile {
  const { nodes, edges, blocks, notes, training, ...head } = raw;
  // Format and version have been checked and everything else in the head has a default: what is left always fits.
  const read =
    repair(graphSchema, head, 'the graph', '', report) ??
    graphSchema.parse({ format: graphFormat, version: graphVersion });
  const { $schema, ...kept } = read;
  const heads = readBlockHeads(blocks, report);
  const findBlock = (name: string) => heads.get(name)?.block;
  const scope = readScope({ nodes, edges, notes }, { pointer: '', block: undefined, keepUnknown, findBlock, report });
  const graph: GraphFile = {
    ...kept,
    ...scope,
    blocks: readBlocks(heads, report),
    training: readTraining(training, scope.nodes, report),
  };
  checkSize(graph, report);
  return graph;
}

function checkSize(graph: GraphFile, report: Report): void {
  const size = expandedSize(graph);
  if (size.nodes <= limits.expandedNodes && size.depth <= limits.blockDepth) return;
  const message = `opened up, the blocks make ${size.nodes} nodes in ${size.depth} levels; ${limits.expandedNodes} in ${limits.blockDepth} are allowed`;
  report(error('E_TOO_LARGE', message, { json: '/blocks' }));
}
