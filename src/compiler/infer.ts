// infer: network → shapes and dtypes of every value, or diagnostics on the guilty port with the numbers. One broken node
// does not stop the rest: only what depends on it stays unknown.
import type { ParameterType, PortSpec, TensorType } from '../operators/define-operator.ts';
import { gatherPorts, portOf, spreadPorts } from '../operators/ports.ts';
import type { Mode } from '../program/program.ts';
import { type Diagnostic, error } from '../tensor/diagnostic.ts';
import { formatShape, numel, sameShape } from '../tensor/shape.ts';
import {
  type ImplicitFeed,
  type Instance,
  type InstanceTypes,
  type Network,
  outputName,
  type TypedNetwork,
} from './network.ts';

type Report = (d: Diagnostic) => void;

export interface Inference {
  readonly types: Map<string, InstanceTypes>;
  readonly values: Map<string, TensorType>;
  readonly feeds: ImplicitFeed[];
  /** Types one more instance and records what it gives. */
  visit(instance: Instance): void;
}

/** At most this many elements in one tensor: 2 GiB of float32, what one WebAssembly memory can hold beside others. */
const maxElements = 2 ** 29;

export function createInference(mode: Mode, report: Report): Inference {
  const types = new Map<string, InstanceTypes>();
  const values = new Map<string, TensorType>();
  const feeds: ImplicitFeed[] = [];
  /** Value name → path of the node that gives it, for messages. */
  const givers = new Map<string, string>();
  const broken = new Set<string>();

  function visit(instance: Instance): void {
    const found = typeOf(instance);
    if (!found) {
      broken.add(instance.path);
      return;
    }
    types.set(instance.path, found);
    for (const [port, type] of Object.entries(found.outputs)) {
      values.set(outputName(instance, port), type);
      givers.set(outputName(instance, port), instance.path);
    }
    for (const [port, type] of [...Object.entries(found.parameters), ...Object.entries(found.state)]) {
      values.set(`${instance.owner}.${port}`, { dtype: 'float32', shape: type.shape });
      givers.set(`${instance.owner}.${port}`, instance.owner);
    }
  }

  function typeOf(instance: Instance): InstanceTypes | null {
    const { operator, path } = instance;
    const parameters = operator.parameters;
    const arriving: Record<string, TensorType> = {};
    const wired: Record<string, TensorType | undefined> = {};
    let sound = true;
    let failed = false;
    const fault = (diagnostic: Diagnostic) => {
      failed = true;
      report(diagnostic);
    };
    const source = (port: string): string => {
      const name = instance.inputs.get(port);
      return name === undefined ? 'nowhere' : `\`${givers.get(name) ?? name}\``;
    };

    for (const [port, name] of instance.inputs) {
      const type = values.get(name);
      const declared = Object.hasOwn(parameters, port);
      const spec = portOf(operator.inputs, port)?.spec;
      if (!declared && !spec) {
        fault(error('E_PORT', `${operator.id} has no input \`${port}\``, { path, port }));
      } else if (!type) {
        sound = false; // its giver has been diagnosed
      } else if (declared) wired[port] = type;
      else if (spec && checkPort(spec, type, { path, port }, source(port), fault)) arriving[port] = type;
    }
    for (const [key, spec] of Object.entries(operator.inputs)) {
      checkPresence(instance, key, spec, arriving, fault);
    }
    if (failed || !sound) return null;
    const { scans } = instance;
    const length = arriving['x']?.shape[0];
    if (scans && length !== scans.steps) {
      fault(
        error(
          'E_STEPS',
          `runs ${scans.steps} steps over dimension 0, gets ${formatShape(arriving['x']?.shape ?? [])} from ${source('x')}`,
          scans,
          {
            ...(length === undefined
              ? {}
              : {
                  fixes: [{ kind: 'set_attribute', title: `Run ${length} steps`, attribute: 'steps', value: length }],
                }),
          },
        ),
      );
      return null;
    }

    const inferred = operator.infer({
      inputs: gatherPorts(operator.inputs, (name) => arriving[name]) as never,
      wired,
      attributes: instance.attributes,
      mode,
      source,
      fail(code, at, message, more) {
        fault(error(code, message, { path, ...at }, more));
        return null;
      },
    });
    if (!inferred || failed) return null;

    const outputs = Object.fromEntries(spreadPorts<TensorType>(inferred.outputs));
    for (const [port, type] of Object.entries(outputs)) {
      if (!type.shape.every((size) => Number.isInteger(size) && size >= 0) || numel(type.shape) > maxElements) {
        fault(
          error(
            'E_SIZE',
            `would give ${formatShape(type.shape)}: more than ${maxElements.toLocaleString('en')} elements, or not a size`,
            { path, port },
          ),
        );
      }
    }
    const owned: Record<string, ParameterType> = {};
    for (const [port, type] of Object.entries(inferred.parameters ?? {})) {
      if (!type) continue;
      const wire = wired[port];
      if (!wire) owned[port] = type;
      else if (wire.dtype !== 'float32')
        fault(error('E_DTYPE', `expects float32, gets ${wire.dtype} from ${source(port)}`, { path, port }));
      else if (!sameShape(wire.shape, type.shape)) {
        fault(
          error(
            'E_PARAMETER_SHAPE',
            `expects ${formatShape(type.shape)}, gets ${formatShape(wire.shape)} from ${source(port)}`,
            { path, port },
          ),
        );
      }
    }
    if (failed) return null;
    const inputs = { ...arriving };
    for (const [port, type] of Object.entries(wired)) if (type) inputs[port] = type;
    for (const [port, type] of Object.entries(owned)) inputs[port] = { dtype: 'float32', shape: type.shape };
    return { inputs, outputs, raw: inferred.outputs, parameters: owned, state: inferred.state ?? {} };
  }

  function checkPresence(
    instance: Instance,
    key: string,
    spec: PortSpec,
    arriving: Record<string, TensorType>,
    fault: Report,
  ): void {
    const { operator, path } = instance;
    if (spec.variadic !== undefined) {
      for (let i = 0; i < spec.variadic; i++) {
        if (!instance.inputs.has(key + i))
          fault(error('E_UNWIRED', `needs a wire into \`${key}${i}\``, { path, port: key + i }));
      }
      return;
    }
    if (instance.inputs.has(key) || spec.optional) return;
    const feed = spec.feedable
      ? operator.feedType?.({ inputs: arriving, attributes: instance.attributes, port: key })
      : undefined;
    if (feed) {
      const name = `${path}.${key}`;
      arriving[key] = feed;
      values.set(name, feed);
      feeds.push({ name, type: feed });
    } else if (spec.feedable === undefined || feed === undefined) {
      fault(error('E_UNWIRED', `needs a wire into \`${key}\` (${spec.title.toLowerCase()})`, { path, port: key }));
    }
  }

  return { types, values, feeds, visit };
}

function checkPort(
  spec: PortSpec,
  type: TensorType,
  at: { path: string; port: string },
  source: string,
  fault: Report,
): boolean {
  const dtype = spec.dtype ?? 'float32';
  if (dtype !== 'any' && dtype !== type.dtype) {
    fault(error('E_DTYPE', `expects ${dtype}, gets ${type.dtype} from ${source}`, at));
    return false;
  }
  if (spec.rank === undefined) return true;
  const [least, most] = typeof spec.rank === 'number' ? [spec.rank, spec.rank] : spec.rank;
  const rank = type.shape.length;
  if (rank >= least && rank <= most) return true;
  const wanted = least === most ? `${least}` : `${least} to ${most}`;
  fault(error('E_RANK', `expects ${wanted} dimensions, gets ${rank} (${formatShape(type.shape)}) from ${source}`, at));
  return false;
}

/** The network with the type of every value that could be told. */
export function infer(network: Network, mode: Mode, report: Report): TypedNetwork {
  const inference = createInference(mode, report);
  for (const instance of network.instances) inference.visit(instance);
  return { ...network, types: inference.types, values: inference.values, feeds: inference.feeds };
}
