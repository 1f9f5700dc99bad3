// What explanations read: a plan that keeps every value, its network, and the numbers in memory. Indexes who writes what and
// under which names; computes nothing.
import { shareName } from '../../compiler/differentiate.ts';
import { canonical, type Instance, type InstanceTypes, outputName, type TypedNetwork } from '../../compiler/network.ts';
import type { KernelSpec } from '../../program/kernel-spec.ts';
import type { Plan, PlanInstruction, PlanStep, PlanValue } from '../../program/plan.ts';
import { assert } from '../../tensor/assert.ts';
import type { NumericArray } from '../../tensor/dtype.ts';

/** The numbers of a value (index into plan.values). */
export interface PlanNumbers {
  /** As the step that is explained finds it: values changed in place as they were before. */
  read(value: number): NumericArray;
  /** As that step leaves it. */
  after(value: number): NumericArray;
}

export interface Writer {
  /** Index into plan.instructions. */
  readonly at: number;
  readonly slot: number;
  readonly instruction: PlanInstruction;
  readonly step: PlanStep;
  readonly spec: KernelSpec;
}

/** One use of a value: by which node, at which port, and the gradient that comes back through it. */
export interface Use {
  readonly instance: Instance;
  readonly port: string;
  /** Index of its share in the plan; undefined where no gradient comes back. */
  readonly share: number | undefined;
}

export interface ExplainSource {
  readonly plan: Plan;
  readonly network: TypedNetwork;
  valueOf(index: number): PlanValue;
  find(name: string): number | undefined;
  /** The name that people see, without the compiler's own marks where there is one. */
  nameOf(index: number): string;
  /** All writers of a value, in order: one, or more where it is changed in place. */
  writersOf(index: number): readonly Writer[];
  instanceAt(path: string): { readonly instance: Instance; readonly types: InstanceTypes } | undefined;
  /** Which value (canonical name) a gradient is of, by the gradient's index. */
  gradientOf(index: number): string | undefined;
  usesOf(value: string): readonly Use[];
  /** What stands at a node's port, input, parameter, state or saved value: its index in the plan. */
  atPort(instance: Instance, port: string): number | undefined;
}

/** Of a plan that keeps every value, and the network that it was compiled from. */
export function createExplainSource(plan: Plan, network: TypedNetwork): ExplainSource {
  const writers = new Map<number, Writer[]>();
  plan.instructions.forEach((instruction, at) => {
    const step = plan.steps[instruction.step];
    const spec = plan.kernels[instruction.kernel];
    assert(step && spec, 'a plan names its steps and kernels');
    instruction.outputs.forEach((index, slot) => {
      const list = writers.get(index) ?? [];
      list.push({ at, slot, instruction, step, spec });
      writers.set(index, list);
    });
  });
  const shown = new Map<number, string>();
  for (const [name, index] of Object.entries(plan.names)) {
    const own = plan.values[index]?.name ?? '';
    // A value changed in place answers to `next(…)`, too: that is not its name.
    if (!name.includes(':') && !name.startsWith('next(') && own.includes(':') && !shown.has(index))
      shown.set(index, name);
  }
  const find = (name: string): number | undefined => (Object.hasOwn(plan.names, name) ? plan.names[name] : undefined);
  const gradients = new Map<number, string>();
  for (const name of [...network.values.keys(), ...Object.keys(plan.names)]) {
    const index = find(`grad(${name})`);
    if (index !== undefined && !gradients.has(index) && !name.includes('(') && find(name) !== undefined)
      gradients.set(index, canonical(network, name));
  }
  const instances = new Map(network.instances.map((instance) => [instance.path, instance]));

  const atPort = (instance: Instance, port: string): number | undefined => {
    const wired = instance.inputs.get(port);
    if (wired !== undefined) return find(canonical(network, wired));
    const types = network.types.get(instance.path);
    if (types && (Object.hasOwn(types.parameters, port) || Object.hasOwn(types.state, port)))
      return find(`${instance.owner}.${port}`);
    // An input that stays unwired may be called as an output is (a cell's h).
    const isOutput = types !== undefined && Object.hasOwn(types.outputs, port);
    return isOutput ? undefined : find(`${instance.path}.${port}`);
  };

  return {
    plan,
    network,
    find,
    atPort,
    valueOf(index) {
      const value = plan.values[index];
      assert(value, `value ${index} of the plan`);
      return value;
    },
    nameOf: (index) => shown.get(index) ?? plan.values[index]?.name ?? '',
    writersOf: (index) => writers.get(index) ?? [],
    instanceAt(path) {
      const instance = instances.get(path);
      const types = network.types.get(path);
      return instance && types ? { instance, types } : undefined;
    },
    gradientOf: (index) => gradients.get(index),
    usesOf(value) {
      const index = find(value);
      return network.instances.flatMap((instance): Use[] => {
        const types = network.types.get(instance.path);
        if (!types || instance.expanded) return [];
        return Object.keys(types.inputs)
          .filter((port) => index !== undefined && atPort(instance, port) === index)
          .map((port) => ({ instance, port, share: find(shareName({ instance, types }, port, value)) }));
      });
    },
  };
}

/** What an operator's way back noted (GradientContext.note): index in the plan → the note's name. */
export function notesOf(
  source: ExplainSource,
  { instance, types }: { readonly instance: Instance; readonly types: InstanceTypes },
): ReadonlyMap<number, string> {
  const found = new Map<number, string>();
  const begin = `grad(${instance.path}.`;
  for (const [name, index] of Object.entries(source.plan.names)) {
    if (!name.startsWith(begin) || !name.endsWith(')')) continue;
    const note = name.slice(begin.length, -1);
    const isPort = [types.inputs, types.parameters, types.outputs].some((ports) => Object.hasOwn(ports, note));
    if (!isPort && !note.includes('/')) found.set(index, note);
  }
  return found;
}

/** Outputs of an instance that have a gradient in the plan: port → indices of value and gradient. */
export function cotangentsOf(
  source: ExplainSource,
  instance: Instance,
): ReadonlyMap<string, { readonly value: number; readonly gradient: number }> {
  const found = new Map<string, { value: number; gradient: number }>();
  for (const port of Object.keys(source.network.types.get(instance.path)?.outputs ?? {})) {
    const name = outputName(instance, port);
    const [value, gradient] = [source.find(name), source.find(`grad(${name})`)];
    if (value !== undefined && gradient !== undefined) found.set(port, { value, gradient });
  }
  return found;
}
