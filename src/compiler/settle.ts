// settle: numbers that decide shapes. Those wired into `known` ports become attributes before a node is inferred; nodes that
// serve nothing else are constants of the program, so that they cost no step. What is not known is said at the port.
import { portOf } from '../operators/ports.ts';
import { type Diagnostic, error } from '../tensor/diagnostic.ts';
import type { KnownValues } from './known-values.ts';
import { canonical, type Instance, type InstanceTypes, type KnownValue, type Network, outputName } from './network.ts';

/** The instance with its attributes as wired numbers make them; itself where no `known` port is wired; null after a fault. */
export function settleAttributes(
  instance: Instance,
  arriving: InstanceTypes['inputs'],
  values: KnownValues,
  fault: (d: Diagnostic) => void,
): Instance | null {
  const { operator, path, attributes } = instance;
  const numbers = new Map<string, KnownValue>();
  let sound = true;
  for (const [port, name] of instance.inputs) {
    if (!isKnownPort(instance, port)) continue;
    const value = values.find(name);
    if ('reason' in value) {
      const message = `\`${port}\` decides shapes: its numbers must be known when the graph is compiled, they come from ${value.reason}`;
      fault(error('E_UNKNOWN', message, { path, port }, { hint: value.hint }));
      sound = false;
    } else numbers.set(port, value);
  }
  if (!sound) return null;
  if (numbers.size === 0) return instance;
  const known = (port: string) => {
    const value = numbers.get(port);
    return value && [...value.data];
  };
  if (operator.settle) return parsed(instance, operator.settle({ attributes, inputs: arriving, known }), fault);
  const given: Record<string, unknown> = { ...attributes };
  for (const [port, { shape, data }] of numbers) {
    const list = [...data];
    const single = list.length === 1 ? list[0] : undefined;
    const forms = shape.length === 0 ? [single, list] : [list, single];
    const fits = (form: unknown) => operator.attributes.safeParse({ ...given, [port]: form }).success;
    given[port] = forms.find(fits) ?? forms[0];
  }
  return parsed(instance, given, fault);
}

function parsed(
  instance: Instance,
  given: Readonly<Record<string, unknown>>,
  fault: (d: Diagnostic) => void,
): Instance | null {
  const { operator, path } = instance;
  const result = operator.attributes.safeParse(given);
  if (result.success) return { ...instance, attributes: result.data };
  for (const issue of result.error.issues) {
    const name = String(issue.path[0] ?? '');
    const at = instance.inputs.has(name) ? { path, port: name } : { path, attribute: name };
    fault(error('E_ATTRIBUTE', `${issue.path.join('.')}: ${issue.message}`, at));
  }
  return null;
}

function isKnownPort({ operator }: Instance, port: string): boolean {
  return portOf(operator.inputs, port)?.spec.known === true;
}

/** Instances of which every reader is a `known` port or one of themselves, with the values of their outputs. */
export function settledInstances(network: Network, values: KnownValues, types: ReadonlyMap<string, InstanceTypes>) {
  const settled = new Map<string, Readonly<Record<string, KnownValue>>>();
  /** Value name → whether all its readers know it at compile time. */
  const readers = new Map<string, boolean>();
  for (let i = network.instances.length - 1; i >= 0; i--) {
    const instance = network.instances[i] as Instance;
    const outputs = Object.keys(types.get(instance.path)?.outputs ?? {});
    const read = outputs.map((port) => readers.get(outputName(instance, port)));
    const decides = read.includes(true) && !read.includes(false) && instance.operator.traits.source === undefined;
    const found = decides ? outputs.map((port) => [port, values.find(outputName(instance, port))] as const) : [];
    const known = found.flatMap(([port, value]) => ('data' in value ? [[port, value] as const] : []));
    const isSettled = decides && known.length === outputs.length;
    if (isSettled) settled.set(instance.path, Object.fromEntries(known));
    for (const [port, name] of instance.inputs) {
      const value = canonical(network, name);
      readers.set(value, (readers.get(value) ?? true) && (isSettled || isKnownPort(instance, port)));
    }
  }
  return settled;
}
