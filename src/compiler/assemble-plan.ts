// assemble-plan: program + allocation → plan. Persistent values get the same offsets in every plan of a graph, because they
// are declared in the same order: hyper, parameters, state, then the optimiser's slots.
import type { KernelSpec } from '../program/kernel-spec.ts';
import type { Plan, PlanInstruction, PlanStep, PlanValue } from '../program/plan.ts';
import type { Program, Value, ValueId } from '../program/program.ts';
import { encodeBase64 } from '../tensor/base64.ts';
import { numel } from '../tensor/shape.ts';
import { type Allocation, paddedBytes } from './allocate.ts';

/** A step that starts with the gradient's seed is called after what follows. */
export const seedLabel = 'seed';

export interface PlanFrame
  extends Pick<Plan, 'name' | 'mode' | 'seed' | 'batch' | 'numerics' | 'retain' | 'loss' | 'metrics'> {}

/** The finished plan: plain data, ready to be kept as a file; sizes and offsets in bytes. */
export function assemblePlan(program: Program, allocation: Allocation, frame: PlanFrame): Plan {
  const { values, index, persistentBytes, constantBytes } = placeValues(program, allocation);
  placeViewsOfOthers(program, index, values);
  return {
    format: 'chainrule/plan',
    version: 1,
    ...frame,
    values,
    ...scheduleOf(program, allocation, index),
    names: namesOf(program, index),
    feeds: values.filter((value) => value.kind === 'feed').map((value) => value.name),
    arena: {
      persistentBytes,
      constantBytes,
      scratchBytes: allocation.scratchBytes,
      lowerBoundBytes: allocation.lowerBoundBytes,
      sumBytes: allocation.sumBytes,
    },
  };
}

/** Values with their regions and offsets, and where each value of the program stands among them. */
function placeValues(program: Program, allocation: Allocation) {
  const used = usedValues(program);
  const index = new Map<ValueId, number>();
  const values: PlanValue[] = [];
  let persistentBytes = 0;
  let constantBytes = 0;
  const live = [0, program.instructions.length] as const;
  for (const value of program.values) {
    const persistent = isPersistent(value);
    if (value.replaces !== undefined || (!persistent && !used.has(value.id))) continue;
    const bytes = numel(value.shape) * 4;
    const common = { name: value.name, dtype: value.dtype, shape: value.shape, kind: value.kind, bytes };
    index.set(value.id, values.length);
    if (persistent) {
      const init = value.init ? { init: value.init } : {};
      values.push({ ...common, region: 'persistent', offset: persistentBytes, live, ...init });
      persistentBytes += paddedBytes(numel(value.shape));
    } else if (value.kind === 'constant') {
      const data = encodeBase64(value.data as Float32Array | Int32Array);
      values.push({ ...common, region: 'constant', offset: constantBytes, live, data });
      constantBytes += paddedBytes(numel(value.shape));
    } else {
      const life = allocation.lives.get(value.id);
      values.push({
        ...common,
        region: 'scratch',
        offset: allocation.offsets.get(value.id) ?? 0,
        ...(value.data ? { data: encodeBase64(value.data) } : {}),
        live: [life?.first ?? 0, life?.last ?? 0],
      });
    }
  }
  // An in-place successor is its predecessor's buffer under another name.
  const rootOf = (value: Value): Value =>
    value.replaces === undefined ? value : rootOf(program.values[value.replaces] as Value);
  for (const value of program.values)
    if (value.replaces !== undefined) index.set(value.id, index.get(rootOf(value).id) as number);
  return { values, index, persistentBytes, constantBytes };
}

/** Instructions in order, each kernel once; neighbours of one node, phase and role are one step. */
function scheduleOf(
  program: Program,
  allocation: Allocation,
  index: ReadonlyMap<ValueId, number>,
): Pick<Plan, 'kernels' | 'instructions' | 'steps'> {
  const kernels: KernelSpec[] = [];
  const kernelAt = new Map<string, number>();
  const steps: PlanStep[] = [];
  const instructions: PlanInstruction[] = program.instructions.map((instruction, i) => {
    const key = JSON.stringify(instruction.kernel);
    const kernel = kernelAt.get(key) ?? kernels.push(instruction.kernel) - 1;
    kernelAt.set(key, kernel);
    const last = steps.at(-1);
    const { origin } = instruction;
    if (last && last.node === origin.node && last.phase === origin.phase && last.role === origin.role)
      steps[steps.length - 1] = {
        ...last,
        to: i + 1,
        label: last.label === seedLabel ? instruction.label : last.label,
        ...(origin.others ? { others: [...new Set([...(last.others ?? []), ...origin.others])] } : {}),
      };
    else steps.push({ ...origin, from: i, to: i + 1, label: instruction.label });
    return {
      kernel,
      inputs: instruction.inputs.map((id) => index.get(id) as number),
      outputs: instruction.outputs.map((id) => index.get(id) as number),
      workspace: allocation.workspaces[i] ?? -1,
      label: instruction.label,
      step: steps.length - 1,
    };
  });
  return { kernels, instructions, steps };
}

/** Where each name leads; a value's own name goes before an alias. */
function namesOf(program: Program, index: ReadonlyMap<ValueId, number>): Record<string, number> {
  const names: Record<string, number> = Object.create(null) as Record<string, number>;
  for (const [name, id] of program.aliases) {
    const at = index.get(id);
    if (at !== undefined) names[name] = at;
  }
  for (const value of program.values) {
    const at = index.get(value.id);
    if (at !== undefined) names[value.name] = at;
  }
  return names;
}

function isPersistent(value: Value): boolean {
  return value.kind === 'parameter' || value.kind === 'state' || value.kind === 'slot' || value.kind === 'hyper';
}

function usedValues(program: Program): Set<ValueId> {
  const used = new Set<ValueId>(program.results);
  for (const { inputs, outputs } of program.instructions) {
    for (const id of inputs) used.add(id);
    for (const id of outputs) used.add(id);
  }
  return used;
}

/** A view of a persistent value or a constant lies where that one lies. */
function placeViewsOfOthers(program: Program, index: ReadonlyMap<ValueId, number>, values: PlanValue[]): void {
  for (const { kernel, inputs, outputs } of program.instructions) {
    if (kernel.op !== 'view') continue;
    const [from, to] = [index.get(inputs[0] as ValueId), index.get(outputs[0] as ValueId)];
    const source = from === undefined ? undefined : values[from];
    const target = to === undefined ? undefined : values[to];
    if (source && target && source.region !== 'scratch')
      values[to as number] = { ...target, region: source.region, offset: source.offset };
  }
}
