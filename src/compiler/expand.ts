// expand: opens chosen instances through their operators' `expand`, so that a debugger can step inside a cell. The instance
// stays as owner of its parameters; the fragment's nodes take its place and its outputs become aliases.
import type { Operator } from '../operators/define-operator.ts';
import type { Fragment } from '../program/fragment.ts';
import { type Diagnostic, error } from '../tensor/diagnostic.ts';
import type { Inference } from './infer.ts';
import type { Instance, Network } from './network.ts';
import { topologicalOrder } from './topological-order.ts';

/**
 * The network with the chosen nodes (by owner) opened through their operators; what has no inside stays as it is. Faults go to
 * `report`.
 */
export function expand(
  network: Network,
  inference: Inference,
  chosen: ReadonlySet<string>,
  operators: Readonly<Record<string, Operator>>,
  report: (d: Diagnostic) => void,
): Network {
  if (chosen.size === 0) return network;
  const aliases = new Map(network.aliases);
  /** An instance, or itself as owner with what it is made of; that may be opened in turn. */
  const opened = (instance: Instance): Instance[] => {
    const types = inference.types.get(instance.path);
    if (!chosen.has(instance.owner) || !instance.operator.expand || !types) return [instance];
    const fragment = instance.operator.expand({ attributes: instance.attributes, inputs: types.inputs });
    const arriving = new Map(
      Object.keys(types.inputs).map((port) => [port, instance.inputs.get(port) ?? `${instance.owner}.${port}`]),
    );
    const inside = open(instance, fragment, arriving, aliases, operators, inference, report);
    return [{ ...instance, expanded: true }, ...inside.flatMap(opened)];
  };
  return { ...network, instances: network.instances.flatMap(opened), aliases };
}

function open(
  instance: Instance,
  fragment: Fragment,
  arriving: ReadonlyMap<string, string>,
  aliases: Map<string, string>,
  operators: Readonly<Record<string, Operator>>,
  inference: Inference,
  report: (d: Diagnostic) => void,
): Instance[] {
  const nodes = fragment.nodes.map((node) => ({ ...node, attributes: node.attributes ?? {}, parameters: {} }));
  const source = (end: string) => (end.startsWith('in.') ? arriving.get(end.slice(3)) : `${instance.path}/${end}`);
  const opened: Instance[] = [];
  for (const node of topologicalOrder(nodes as never, fragment.edges).nodes) {
    const operator = operators[node.op];
    if (!operator) {
      report(
        error('E_OPERATOR', `\`${instance.operator.id}\` expands to the unknown operator \`${node.op}\``, {
          path: instance.path,
        }),
      );
      continue;
    }
    const inputs = new Map<string, string>();
    for (const edge of fragment.edges) {
      const dot = edge.to.indexOf('.');
      const from = edge.to.slice(0, dot) === node.id ? source(edge.from) : undefined;
      if (from !== undefined) inputs.set(edge.to.slice(dot + 1), from);
    }
    const inner: Instance = {
      path: `${instance.path}/${node.id}`,
      owner: `${instance.owner}/${node.id}`,
      operator,
      attributes: operator.attributes.parse(node.attributes) as Record<string, unknown>,
      inputs,
      settings: {},
    };
    opened.push(inference.visit(inner));
  }
  for (const edge of fragment.edges) {
    const from = edge.to.startsWith('out.') ? source(edge.from) : undefined;
    if (from !== undefined) aliases.set(`${instance.path}.${edge.to.slice(4)}`, from);
  }
  return opened;
}
