// One node of an operator as an instance: attributes read, dimensions put in, parameters under their owner's name.
import { resolveArguments } from '../../graph/resolve-arguments.ts';
import type { Dimension, GraphNode } from '../../graph/schema.ts';
import type { Operator } from '../../operators/define-operator.ts';
import { error } from '../../tensor/diagnostic.ts';
import { initializerOf } from '../initializers.ts';
import type { Instance, ParameterSetting } from '../network.ts';
import { type Building, type Scope, sizesOf } from './building.ts';

/** An operator's node with its attributes read and its parameters' settings; E_OPERATOR, E_ATTRIBUTE or E_DIMENSION, and left out. */
export function openNode(building: Building, scope: Scope, node: GraphNode, inputs: Map<string, string>): void {
  const { operators, aliases, leftOut, report, instances } = building;
  const path = scope.prefix + node.id;
  const operator = Object.hasOwn(operators, node.op) ? operators[node.op] : undefined;
  if (!operator) {
    report(error('E_OPERATOR', `there is no operator \`${node.op}\``, { path }));
    leftOut.set(path, node.op);
    return;
  }
  const attributes = attributesOf(building, scope, node, operator);
  if (attributes === null) {
    leftOut.set(path, node.op);
    return;
  }
  const value = node.value;
  const owned = operator.traits.source === 'parameter' ? Object.keys(operator.parameters)[0] : undefined;
  if (owned !== undefined) aliases.set(`${path}.y`, `${scope.owner}${node.id}.${owned}`);
  instances.push({
    path,
    owner: scope.owner + node.id,
    operator,
    attributes,
    inputs,
    settings: settingsOf(node),
    ...(value === undefined ? {} : { fixed: typeof value === 'number' ? [value] : value }),
  });
}

/** As the operator's schema reads them, arguments put in; null, with diagnostics, where it does not take them. */
function attributesOf(
  building: Building,
  scope: Scope,
  node: GraphNode,
  operator: Operator,
): Instance['attributes'] | null {
  const { report } = building;
  const path = scope.prefix + node.id;
  const resolved = resolveArguments(node.attributes, scope.arguments) as Record<string, unknown>;
  const isSized = operator.traits.source !== undefined && Array.isArray(resolved['shape']);
  const shape = isSized ? sizesOf(building, resolved['shape'] as Dimension[], scope.arguments, path) : undefined;
  if (shape === null) return null;
  const parsed = operator.attributes.safeParse(shape === undefined ? resolved : { ...resolved, shape });
  if (!parsed.success) {
    for (const issue of parsed.error.issues) {
      const attribute = String(issue.path[0] ?? '');
      report(
        error(
          'E_ATTRIBUTE',
          `${issue.path.join('.') || 'attributes'}: ${issue.message}`,
          attribute ? { path, attribute } : { path },
        ),
      );
    }
    return null;
  }
  return parsed.data as Instance['attributes'];
}

/** What the graph says of the node's parameters, by port. */
function settingsOf({ parameters }: GraphNode): Readonly<Record<string, ParameterSetting>> {
  const settings: Record<string, ParameterSetting> = {};
  for (const [port, given] of Object.entries(parameters)) {
    settings[port] = {
      trainable: given.trainable ?? true,
      ...(given.init ? { init: initializerOf(given.init) } : {}),
    };
  }
  return settings;
}
