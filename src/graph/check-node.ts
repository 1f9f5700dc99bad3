// Checks one node against what its operator or its block allows; faulty members are left out and said.
import { allOperators } from '../operators/catalogue.ts';
import { describeOperator } from '../operators/catalogue-details.ts';
import { type Diagnostic, error } from '../tensor/diagnostic.ts';
import { argumentNames, checkAttributes } from './check-attributes.ts';
import { toPointer } from './json-text.ts';
import { usesBlock } from './ports.ts';
import { repair } from './repair.ts';
import { type Block, type GraphNode, type RecurrenceAttributes, recurrenceSchema } from './schema.ts';

interface NodeContext {
  readonly block: Pick<Block, 'arguments'> | undefined;
  findBlock(name: string): Pick<Block, 'inputs' | 'outputs' | 'arguments'> | undefined;
  report(diagnostic: Diagnostic): void;
}

type Members = Readonly<Record<string, unknown>>;

/** @returns the node without faulty members, or undefined when it uses a block that does not exist */
export function checkNode(node: GraphNode, json: string, context: NodeContext): GraphNode | undefined {
  const known = withKnownArguments(node, json, context);
  return usesBlock(known) ? checkBlockUse(known, json, context) : checkOperator(known, json, context);
}

/** What `op` may be. */
export function allOperatorNames(): readonly string[] {
  return [...allOperators().map(({ id }) => id), 'block', 'recurrence'];
}

function checkOperator(node: GraphNode, json: string, { block, report }: NodeContext): GraphNode | undefined {
  const entry = describeOperator(node.op);
  if (entry === undefined) return undefined;
  const place = { path: node.id, json: `${json}/attributes`, owner: `${node.op} \`${node.id}\`` };
  const { attributes, diagnostics } = checkAttributes(entry.attributes, node.attributes, place, block !== undefined);
  diagnostics.forEach(report);
  const { block: foreignBlock, arguments: foreignArguments, value, ...kept } = node;
  for (const [key, foreign] of [
    ['block', foreignBlock],
    ['arguments', foreignArguments],
  ] as const) {
    if (foreign === undefined) continue;
    report(
      error('E_FIELD', `\`${key}\` belongs to blocks, not to ${node.op}; left out`, {
        path: node.id,
        json: `${json}/${key}`,
      }),
    );
  }
  const feeds = entry.traits.source === 'feed';
  if (value !== undefined && !feeds) {
    report(
      error('E_FIELD', `only inputs hold a \`value\`, \`${node.id}\` is ${node.op}; left out`, {
        path: node.id,
        json: `${json}/value`,
      }),
    );
  }
  const parameters = checkParameters(node, entry.parameters, json, report);
  return { ...kept, attributes, parameters, ...(value !== undefined && feeds ? { value } : {}) };
}

function checkParameters(
  node: GraphNode,
  allowed: Members,
  json: string,
  report: NodeContext['report'],
): GraphNode['parameters'] {
  const kept: Record<string, GraphNode['parameters'][string]> = {};
  for (const [name, parameter] of Object.entries(node.parameters)) {
    if (Object.hasOwn(allowed, name)) {
      kept[name] = parameter;
      continue;
    }
    const names = Object.keys(allowed);
    const has = names.length === 0 ? 'no parameters' : names.map((each) => `\`${each}\``).join(', ');
    const at = { path: node.id, json: json + toPointer(['parameters', name]) };
    report(
      error('E_PARAMETER', `${node.op} \`${node.id}\` has no parameter \`${name}\` (it has ${has}); left out`, at),
    );
  }
  return kept;
}

function checkBlockUse(node: GraphNode, json: string, { findBlock, report }: NodeContext): GraphNode | undefined {
  const at = { path: node.id, json: `${json}/block` };
  if (node.block === undefined) {
    report(error('E_UNKNOWN_BLOCK', `node \`${node.id}\` does not say which block it uses; left out`, at));
    return undefined;
  }
  const block = findBlock(node.block);
  if (block === undefined) {
    report(error('E_UNKNOWN_BLOCK', `node \`${node.id}\`: there is no block \`${node.block}\`; left out`, at));
    return undefined;
  }
  const { value, arguments: given, ...rest } = node;
  if (value !== undefined)
    report(error('E_FIELD', 'only inputs hold a `value`; left out', { path: node.id, json: `${json}/value` }));
  const known = Object.entries(given ?? {}).filter(([name]) => {
    if (Object.hasOwn(block.arguments, name)) return true;
    const message = `block \`${node.block}\` has no argument \`${name}\`; left out`;
    report(error('E_ARGUMENT', message, { path: node.id, json: json + toPointer(['arguments', name]) }));
    return false;
  });
  const parameters = checkParameters(node, {}, json, report);
  const attributes =
    node.op === 'recurrence' ? checkRecurrence(node, block, json, report) : noAttributes(node, json, report);
  return { ...rest, parameters, attributes, ...(known.length > 0 ? { arguments: Object.fromEntries(known) } : {}) };
}

function noAttributes(node: GraphNode, json: string, report: NodeContext['report']): Members {
  for (const key of Object.keys(node.attributes)) {
    const at = { path: node.id, attribute: key, json: json + toPointer(['attributes', key]) };
    report(
      error('E_UNKNOWN_ATTRIBUTE', `block \`${node.id}\` has no attribute \`${key}\`; left out`, at, {
        hint: 'Blocks take arguments',
      }),
    );
  }
  return {};
}

/** Every name must be an input or an output of the block. */
function checkRecurrence(
  node: GraphNode,
  block: Pick<Block, 'inputs' | 'outputs'>,
  json: string,
  report: NodeContext['report'],
): Members {
  const what = `recurrence \`${node.id}\``;
  const steps = node.attributes['steps'] ?? 1;
  const read = repair(recurrenceSchema, { ...node.attributes, steps }, what, `${json}/attributes`, report);
  const attributes: RecurrenceAttributes = read ?? { steps: 1, scan: [], carry: {}, stack: {}, last: {} };
  if (node.attributes['steps'] === undefined) {
    const at = { path: node.id, attribute: 'steps', json: `${json}/attributes` };
    report(error('E_MISSING', `${what} does not say how many steps it makes; one is taken`, at));
  }
  const inputs = new Set(block.inputs.map(({ name }) => name));
  const outputs = new Set(block.outputs);
  const fits = (known: ReadonlySet<string>, name: string, kind: string, key: string): boolean => {
    if (known.has(name)) return true;
    const at = { path: node.id, attribute: key, json: `${json}/attributes/${key}` };
    report(error('E_PORT', `\`${key}\` of ${what}: block \`${node.block}\` has no ${kind} \`${name}\`; left out`, at));
    return false;
  };
  const pairs = (key: 'carry' | 'stack' | 'last') =>
    Object.entries(attributes[key]).filter(
      ([left, right]) => (key !== 'carry' || fits(inputs, left, 'input', key)) && fits(outputs, right, 'output', key),
    );
  return {
    steps: attributes.steps,
    scan: attributes.scan.filter((name) => fits(inputs, name, 'input', 'scan')),
    carry: Object.fromEntries(pairs('carry')),
    stack: Object.fromEntries(pairs('stack')),
    last: Object.fromEntries(pairs('last')),
  };
}

/** Takes out members that name an argument which the surrounding block does not have. */
function withKnownArguments(node: GraphNode, json: string, { block, report }: NodeContext): GraphNode {
  const known = block?.arguments ?? {};
  const clean = (members: Members, key: 'attributes' | 'arguments'): Members => {
    const entries = Object.entries(members).filter(([name, value]) => {
      const missing = argumentNames(value).find((each) => !Object.hasOwn(known, each));
      if (missing === undefined) return true;
      const message =
        block === undefined ? 'arguments exist only inside blocks' : `the block has no argument \`${missing}\``;
      report(
        error('E_ARGUMENT', `\`${name}\` of \`${node.id}\`: ${message}; left out`, {
          path: node.id,
          attribute: name,
          json: json + toPointer([key, name]),
        }),
      );
      return false;
    });
    return entries.length === Object.keys(members).length ? members : Object.fromEntries(entries);
  };
  const attributes = clean(node.attributes, 'attributes');
  return node.arguments === undefined
    ? { ...node, attributes }
    : { ...node, attributes, arguments: clean(node.arguments, 'arguments') };
}
