// Numbers at compile time: what follows from constants, fixed inputs and types alone is computed by the operators' float64
// references, on demand and each value once. Leaves it to settle.ts to say where such numbers are needed.

import { store } from '../kernels/reference/store.ts';
import type { ReferenceTensor } from '../operators/define-operator.ts';
import { gatherPorts, portOf, spreadPorts } from '../operators/ports.ts';
import type { Mode } from '../program/program.ts';
import { allocate } from '../tensor/dtype.ts';
import { numel } from '../tensor/shape.ts';
import { type Instance, type InstanceTypes, type KnownValue, outputName } from './network.ts';

/** Why numbers are not known, to follow `they come from`, and what to do about it. */
export interface Unknown {
  readonly reason: string;
  readonly hint: string;
}

export interface KnownValues {
  /** To be called for every typed instance, givers first. */
  record(instance: Instance, types: InstanceTypes): void;
  /** The numbers of a value, by canonical name. */
  find(name: string): KnownValue | Unknown;
}

/** What decides shapes is short; larger tensors are data. */
const maxElements = 65_536;

const wireConstant = 'Wire a constant instead.';

interface Giver {
  readonly order: number;
  readonly instance: Instance;
  readonly types: InstanceTypes;
}

/** As the network computes in that mode; each value once, when it is first asked for. */
export function createKnownValues(mode: Mode): KnownValues {
  const givers = new Map<string, Giver>();
  const found = new Map<string, KnownValue | Unknown>();

  function record(instance: Instance, types: InstanceTypes): void {
    const giver = { order: givers.size, instance, types };
    for (const port of Object.keys(types.outputs)) givers.set(outputName(instance, port), giver);
    for (const kind of ['parameters', 'state'] as const) {
      for (const port of Object.keys(types[kind])) {
        const name = `${instance.owner}.${port}`;
        const what = kind === 'state' ? 'state, which training changes' : 'a parameter, which training changes';
        found.set(name, { reason: `\`${name}\`, ${what}`, hint: wireConstant });
      }
    }
  }

  function find(name: string): KnownValue | Unknown {
    const needed = new Set<Giver>();
    const asked = [name];
    for (let next = asked.pop(); next !== undefined; next = asked.pop()) {
      const giver = found.has(next) ? undefined : givers.get(next);
      if (!giver || needed.has(giver)) continue;
      needed.add(giver);
      asked.push(...giver.instance.inputs.values());
    }
    for (const { instance, types } of [...needed].sort((a, b) => a.order - b.order)) {
      const values = evaluate(instance, types);
      for (const port of Object.keys(types.outputs)) {
        found.set(outputName(instance, port), values instanceof Map ? (values.get(port) as KnownValue) : values);
      }
    }
    return found.get(name) ?? { reason: `\`${name}\`, which is fed`, hint: wireConstant };
  }

  function evaluate(instance: Instance, types: InstanceTypes): Map<string, KnownValue> | Unknown {
    const obstacle = obstacleOf(instance, types);
    if (obstacle) return obstacle;
    if (instance.fixed && instance.operator.traits.source === 'feed') return fixedValue(instance, types);
    const tensors: Record<string, ReferenceTensor> = {};
    for (const [port, name] of instance.inputs) {
      const shape = types.inputs[port]?.shape ?? [];
      if (portOf(instance.operator.inputs, port)?.spec.typeOnly) {
        tensors[port] = { shape, data: new Float64Array() };
        continue;
      }
      const value = found.get(name) ?? find(name);
      if ('reason' in value) return value;
      tensors[port] = value;
    }
    const inputs = gatherPorts<ReferenceTensor>(instance.operator.inputs, (port) => tensors[port]);
    for (const port of Object.keys(instance.operator.parameters)) inputs[port] = tensors[port];
    const outputs = instance.operator.reference({
      inputs: inputs as never,
      attributes: instance.attributes,
      outputs: types.raw as never,
      state: {},
      mode,
    });
    return valuesOf(types, new Map(spreadPorts<Float64Array>(outputs)));
  }

  return { record, find };
}

function obstacleOf(instance: Instance, types: InstanceTypes): Unknown | null {
  const { operator, path } = instance;
  const { source, random, stateful } = operator.traits;
  if (source === 'feed' && !instance.fixed) {
    return {
      reason: `\`${path}\`, an input without a fixed value`,
      hint: `Set a fixed value at the input \`${path}\`, or wire a constant instead.`,
    };
  }
  const own = Object.keys(types.parameters)[0];
  if (own !== undefined) {
    return { reason: `\`${instance.owner}.${own}\`, a parameter, which training changes`, hint: wireConstant };
  }
  if (random || stateful) {
    return { reason: `\`${path}\`, which ${random ? 'draws random numbers' : 'keeps state'}`, hint: wireConstant };
  }
  const ports = [...Object.entries(types.inputs), ...Object.entries(types.outputs)];
  const large = ports.find(
    ([port, { shape }]) => numel(shape) > maxElements && !portOf(operator.inputs, port)?.spec.typeOnly,
  );
  if (!large) return null;
  const [count, most] = [numel(large[1].shape), maxElements].map((n) => n.toLocaleString('en'));
  return {
    reason: `\`${path}\`, which works on ${count} elements; at most ${most} are computed at compile time`,
    hint: wireConstant,
  };
}

/** An input with a fixed value: its numbers, repeated to fill the shape. */
function fixedValue({ fixed = [] }: Instance, types: InstanceTypes): Map<string, KnownValue> {
  const count = numel(types.outputs['y']?.shape ?? []);
  return valuesOf(
    types,
    new Map([['y', Float64Array.from({ length: count }, (_, i) => fixed[i % fixed.length] ?? 0)]]),
  );
}

function valuesOf(types: InstanceTypes, outputs: ReadonlyMap<string, Float64Array>): Map<string, KnownValue> {
  return new Map(
    Object.entries(types.outputs).map(([port, type]) => {
      const buffer = allocate(type.dtype, numel(type.shape));
      outputs.get(port)?.forEach((value, i) => {
        store(buffer, i, value, type.dtype);
      });
      return [port, { ...type, data: Float64Array.from(buffer) }];
    }),
  );
}
