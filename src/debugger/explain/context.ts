// An operator's contexts from the plan's numbers: inputs, parameters and state in float64.
import type { Instance, InstanceTypes } from '../../compiler/network.ts';
import type { ReferenceTensor } from '../../operators/define-operator.ts';
import { gatherPorts } from '../../operators/ports.ts';
import type { ExplainSource, PlanNumbers } from './source.ts';

export interface NodeContext {
  readonly inputs: never;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly outputs: never;
  readonly state: Readonly<Record<string, ReferenceTensor>>;
  readonly mode: 'train' | 'eval';
  /** By name: what the node saved for the way back. */
  saved(name: string): ReferenceTensor;
}

/** A value of the plan (index into plan.values) in float64. */
export function tensorAt(source: ExplainSource, numbers: PlanNumbers, value: number): ReferenceTensor {
  return { shape: source.valueOf(value).shape, data: Float64Array.from(numbers.read(value)) };
}

/** What an operator's explanation is given of the node; ports without a value in the plan are left out. */
export function contextOf(
  source: ExplainSource,
  numbers: PlanNumbers,
  { instance, types }: { readonly instance: Instance; readonly types: InstanceTypes },
): NodeContext {
  const { operator } = instance;
  const at = (port: string): ReferenceTensor | undefined => {
    const value = source.atPort(instance, port);
    return value === undefined ? undefined : tensorAt(source, numbers, value);
  };
  // Ports that arrive but are not of this set-up (an optional one unwired) have no type.
  const known = (port: string) => (Object.hasOwn(types.inputs, port) || at(port) ? at(port) : undefined);
  const inputs = gatherPorts<ReferenceTensor>(operator.inputs, known);
  for (const port of Object.keys(operator.parameters)) inputs[port] = known(port);
  return {
    inputs: inputs as never,
    attributes: instance.attributes,
    outputs: types.raw as never,
    state: Object.fromEntries(Object.keys(types.state).map((name) => [name, at(name) as ReferenceTensor])),
    mode: source.plan.mode,
    saved(name) {
      const value = source.find(`${instance.path}.${name}`);
      if (value === undefined) throw new Error(`Broken invariant: ${operator.id} saved no ${name}`);
      return tensorAt(source, numbers, value);
    },
  };
}
