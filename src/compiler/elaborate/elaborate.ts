// elaborate: graph → network. Opens blocks (each use owns its parameters), unrolls recurrences (parameters shared over
// time), binds every port to a value name. Pure; what cannot be built is diagnosed and left out, the rest goes on.
import { resolveArguments } from '../../graph/resolve-arguments.ts';
import type { Block, GraphFile, GraphNode } from '../../graph/schema.ts';
import { type Diagnostic, error } from '../../tensor/diagnostic.ts';
import { canonical, type Instance, type Network } from '../network.ts';
import { topologicalOrder } from '../topological-order.ts';
import type { Building, Scope } from './building.ts';
import { openNode } from './open-node.ts';
import { unroll } from './unroll.ts';

export type ElaborateOptions = Pick<Building, 'dims' | 'operators'>;

const maxDepth = 32;

/** Errors (E_CYCLE, E_OPERATOR, E_BLOCK, E_ATTRIBUTE, …) go to `report` with the node's path; such nodes are in `leftOut`. */
export function elaborate(graph: GraphFile, options: ElaborateOptions, report: (d: Diagnostic) => void): Network {
  const { dims, operators } = options;
  const made = {
    instances: [] as Instance[],
    aliases: new Map<string, string>(),
    recurrences: new Map<string, number>(),
    leftOut: new Map<string, string>(),
  };
  const building: Building = { graph, dims, operators, report, ...made };
  const { nodes, edges } = graph;
  openScope(building, { prefix: '', owner: '', nodes, edges, inputs: new Map(), arguments: {}, depth: 0 });
  return made;
}

/** Elaborates a scope and answers what leaves it: `out.<name>` → value name. */
function openScope(building: Building, scope: Scope): Map<string, string> {
  const { aliases, leftOut, report } = building;
  const wires = new Map<string, Map<string, string>>();
  const outputs = new Map<string, string>();
  const source = (end: string): string =>
    end.startsWith('in.') ? (scope.inputs.get(end.slice(3)) ?? '') : scope.prefix + end;
  for (const edge of scope.edges) {
    const dot = edge.to.indexOf('.');
    const [node, port] = [edge.to.slice(0, dot), edge.to.slice(dot + 1)];
    const from = source(edge.from);
    if (from === '') continue; // an input of the block that stays unwired outside
    if (node === 'out') outputs.set(port, from);
    else wires.set(node, (wires.get(node) ?? new Map()).set(port, from));
  }
  const order = topologicalOrder(scope.nodes, scope.edges);
  const cyclic = new Set(order.cyclic);
  for (const { id, op } of scope.nodes) if (cyclic.has(id)) leftOut.set(scope.prefix + id, op);
  for (const id of order.cyclic) {
    report(
      error(
        'E_CYCLE',
        'is part of a cycle',
        { path: scope.prefix + id },
        { hint: 'Remove one wire of the loop, or use a recurrence with a carry.' },
      ),
    );
  }
  for (const node of order.nodes) {
    const inputs = new Map([...(wires.get(node.id) ?? [])].map(([port, name]) => [port, canonical({ aliases }, name)]));
    if (node.op === 'block') openBlock(building, scope, node, inputs);
    else if (node.op === 'recurrence') openRecurrence(building, scope, node, inputs);
    else openNode(building, scope, node, inputs);
  }
  return new Map([...outputs].map(([port, name]) => [port, canonical({ aliases }, name)]));
}

function openBlock(building: Building, scope: Scope, node: GraphNode, inputs: Map<string, string>): void {
  const { aliases, report } = building;
  const block = blockOf(building, scope, node);
  if (!block) return;
  const path = scope.prefix + node.id;
  const outputs = openScope(building, {
    prefix: `${path}/`,
    owner: `${scope.owner}${node.id}/`,
    nodes: block.nodes,
    edges: block.edges,
    inputs,
    arguments: argumentsOf(scope, node, block),
    depth: scope.depth + 1,
  });
  for (const name of block.outputs) {
    const from = outputs.get(name);
    if (from === undefined)
      report(
        error('E_UNWIRED', `nothing is wired to the output \`${name}\` of block \`${node.block}\``, {
          path,
          port: name,
        }),
      );
    else aliases.set(`${path}.${name}`, from);
  }
}

function openRecurrence(building: Building, scope: Scope, node: GraphNode, inputs: Map<string, string>): void {
  const block = blockOf(building, scope, node);
  if (!block) return;
  const { nodes, edges } = block;
  const given = argumentsOf(scope, node, block);
  unroll(building, { scope, node, block, inputs, arguments: given }, (prefix, arriving) =>
    openScope(building, {
      prefix,
      owner: `${scope.owner}${node.id}/`,
      nodes,
      edges,
      inputs: arriving,
      arguments: given,
      depth: scope.depth + 1,
    }),
  );
}

function blockOf(building: Building, scope: Scope, node: GraphNode): Block | undefined {
  const { graph, leftOut, report } = building;
  const path = scope.prefix + node.id;
  const block =
    node.block !== undefined && Object.hasOwn(graph.blocks, node.block) ? graph.blocks[node.block] : undefined;
  if (!block) report(error('E_BLOCK', `there is no block \`${node.block ?? ''}\``, { path }));
  else if (scope.depth >= maxDepth)
    report(error('E_BLOCK_DEPTH', `blocks are nested more than ${maxDepth} deep`, { path }));
  if (!block || scope.depth >= maxDepth) leftOut.set(path, node.op);
  return scope.depth >= maxDepth ? undefined : block;
}

function argumentsOf(scope: Scope, node: GraphNode, block: Block): Record<string, unknown> {
  return {
    ...block.arguments,
    ...(resolveArguments(node.arguments ?? {}, scope.arguments) as Record<string, unknown>),
  };
}
