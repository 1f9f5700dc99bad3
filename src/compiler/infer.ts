// infer: network → shapes and dtypes of every value, or diagnostics on the guilty port with the numbers. One broken node
// does not stop the rest: only what depends on it stays unknown.
import type { ParameterType, PortSpec, TensorType } from '../operators/define-operator.ts';
import { gatherPorts, portOf, spreadPorts } from '../operators/ports.ts';
import type { Mode } from '../program/program.ts';
import { type Diagnostic, error } from '../tensor/diagnostic.ts';
import { formatShape, numel, sameShape } from '../tensor/shape.ts';
import { createKnownValues, type KnownValues } from './known-values.ts';
import {
  type ImplicitFeed,
  type Instance,
  type InstanceTypes,
  type Network,
  outputName,
  type TypedNetwork,
} from './network.ts';
import { settleAttributes, settledInstances } from './settle.ts';

type Report = (d: Diagnostic) => void;

export interface Inference {
  readonly types: Map<string, InstanceTypes>;
  readonly values: Map<string, TensorType>;
  readonly feeds: ImplicitFeed[];
  /** Paths of the instances that have a fault of their own. */
  readonly faulty: ReadonlySet<string>;
  /** Numbers known at compile time, of what was visited. */
  readonly known: KnownValues;
  /** Types one more instance and records what it gives; answers it with its attributes settled by wired numbers. */
  visit(instance: Instance): Instance;
}

/** At most this many elements in one tensor: 2 GiB of float32, what one WebAssembly memory can hold beside others. */
const maxElements = 2 ** 29;

/** Types instances one after the other, givers before readers. */
export function createInference(mode: Mode, report: Report): Inference {
  const types = new Map<string, InstanceTypes>();
  const values = new Map<string, TensorType>();
  const feeds: ImplicitFeed[] = [];
  const faulty = new Set<string>();
  /** Value name → path of the node that gives it, for messages. */
  const givers = new Map<string, string>();
  const known = createKnownValues(mode);

  function visit(given: Instance): Instance {
    const { instance, types: found } = typeOf(given) ?? { instance: given };
    if (!found) return instance;
    known.record(instance, found);
    types.set(instance.path, found);
    for (const [port, type] of Object.entries(found.outputs)) {
      values.set(outputName(instance, port), type);
      givers.set(outputName(instance, port), instance.path);
    }
    for (const [port, type] of [...Object.entries(found.parameters), ...Object.entries(found.state)]) {
      values.set(`${instance.owner}.${port}`, { dtype: 'float32', shape: type.shape });
      givers.set(`${instance.owner}.${port}`, instance.owner);
    }
    return instance;
  }

  function typeOf(instance: Instance): { readonly instance: Instance; readonly types: InstanceTypes } | null {
    const { operator, path } = instance;
    const parameters = operator.parameters;
    const arriving: Record<string, TensorType> = {};
    const wired: Record<string, TensorType | undefined> = {};
    let sound = true;
    let failed = false;
    const fault = (diagnostic: Diagnostic) => {
      failed = true;
      faulty.add(path);
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
      checkPresence(instance, key, spec, sound ? arriving : null, fault);
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

    const settled = settleAttributes(instance, arriving, known, fault);
    if (!settled) return null;
    const inferred = operator.infer({
      inputs: gatherPorts(operator.inputs, (name) => arriving[name]) as never,
      wired,
      attributes: settled.attributes,
      mode,
      source,
      fail(code, { attribute, port }, message, more = {}) {
        // An attribute that came by wire is at fault where the wire arrives; no quick fix sets it there.
        const wire = port ?? (attribute !== undefined && instance.inputs.has(attribute) ? attribute : undefined);
        const { fixes = [], ...rest } = more;
        const kept =
          wire === attribute ? fixes.filter((fix) => !('attribute' in fix && fix.attribute === wire)) : fixes;
        const at = {
          ...(wire === undefined ? {} : { port: wire }),
          ...(attribute === undefined || wire === attribute ? {} : { attribute }),
        };
        fault(error(code, message, { path, ...at }, kept.length > 0 ? { ...rest, fixes: kept } : rest));
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
    const found = { inputs, outputs, raw: inferred.outputs, parameters: owned, state: inferred.state ?? {} };
    return { instance: settled, types: found };
  }

  function checkPresence(
    instance: Instance,
    key: string,
    spec: PortSpec,
    /** Null where what arrives is not all known. */
    arriving: Record<string, TensorType> | null,
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
    // A feed takes its type from what arrives: nothing is missing where that waits.
    if (spec.feedable && !arriving) return;
    const feed =
      arriving && spec.feedable
        ? operator.feedType?.({ inputs: arriving, attributes: instance.attributes, port: key })
        : undefined;
    if (arriving && feed) {
      const name = `${path}.${key}`;
      arriving[key] = feed;
      values.set(name, feed);
      feeds.push({ name, type: feed });
    } else if (spec.feedable === undefined || feed === undefined) {
      fault(error('E_UNWIRED', `needs a wire into \`${key}\` (${spec.title.toLowerCase()})`, { path, port: key }));
    }
  }

  return { types, values, feeds, faulty, known, visit };
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
  const typed = { ...network, instances: network.instances.map(inference.visit) };
  return typedNetwork(typed, inference);
}

/** A network all of whose instances were visited, with what was found. */
export function typedNetwork(network: Network, { types, values, feeds, known }: Inference): TypedNetwork {
  // Of a node that turned out to be at fault, nothing is fed.
  const fed = feeds.filter(({ name }) => types.has(name.slice(0, name.lastIndexOf('.'))));
  return { ...network, types, values, feeds: fed, settled: settledInstances(network, known, types) };
}
