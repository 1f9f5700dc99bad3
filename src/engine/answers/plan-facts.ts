// What the plan view shows: every instruction with its kernel and cost, every buffer with its bytes, its time and whose bytes
// it takes over, and the moment at which most is alive. Reads a plan, changes nothing.
import { paddedBytes } from '../../compiler/allocate.ts';
import { parseValueName } from '../../language/value-name.ts';
import { kernelFlops } from '../../program/kernel-cost.ts';
import type { KernelSpec } from '../../program/kernel-spec.ts';
import type { Plan, PlanValue } from '../../program/plan.ts';
import { printKernel, printPlan } from '../../program/print.ts';
import { numel } from '../../tensor/shape.ts';
import type { BufferFacts, BufferKind, PlanFacts, PlanStepFacts } from '../protocol/plans.ts';
import { isPublicName } from './compile-report.ts';

/** All of a plan as rows, sizes in bytes. `workspaceBytes`: what a kernel needs beside its operands. */
export function planFacts(plan: Plan, workspaceBytes: (spec: KernelSpec) => number): PlanFacts {
  const buffers = bufferFacts(plan, workspaceBytes);
  return {
    steps: planSteps(plan),
    buffers,
    peak: peakOf(buffers, plan.instructions.length),
    persistentBytes: plan.arena.persistentBytes,
    scratchBytes: plan.arena.scratchBytes,
    lowerBoundBytes: plan.arena.lowerBoundBytes,
    sumBytes: plan.arena.sumBytes,
    text: printPlan(plan),
  };
}

/** One row an instruction, in the order of execution. */
export function planSteps(plan: Plan): PlanStepFacts[] {
  const value = (index: number): PlanValue => plan.values[index] as PlanValue;
  return plan.instructions.map(({ kernel, inputs, outputs, label, step }) => {
    const spec = plan.kernels[kernel] as KernelSpec;
    const origin = plan.steps[step];
    const reads = inputs.map((index) => value(index).name);
    const view = spec.op === 'view';
    return {
      label,
      node: origin?.node ?? '',
      phase: origin?.phase ?? 'forward',
      role: origin?.role ?? 'node',
      others: origin?.others ?? [],
      kernel: printKernel(spec, reads),
      reads,
      writes: outputs.map((index) => value(index).name),
      shapes: {
        reads: inputs.map((index) => value(index).shape),
        writes: outputs.map((index) => value(index).shape),
      },
      flops: kernelFlops(spec),
      bytes: view ? 0 : [...inputs, ...outputs].reduce((sum, index) => sum + value(index).bytes, 0),
      inPlace: outputs.flatMap((index) => (view || inputs.includes(index) ? [value(index).name] : [])),
    };
  });
}

function bufferFacts(plan: Plan, workspaceBytes: (spec: KernelSpec) => number): BufferFacts[] {
  const rootOf = viewRoots(plan);
  const writer = new Map<number, number>();
  plan.instructions.forEach(({ outputs }, at) => {
    for (const index of outputs) if (!writer.has(index)) writer.set(index, at);
  });
  const views = new Map<number, string[]>();
  for (const [index, root] of rootOf) {
    const name = plan.values[index]?.name;
    if (name !== undefined && isPublicName(name)) views.set(root, [...(views.get(root) ?? []), name]);
  }
  const buffers: Omit<BufferFacts, 'takesOver'>[] = [];
  plan.values.forEach((value, index) => {
    if (value.region !== 'scratch' || rootOf.has(index)) return;
    const made = writer.get(index);
    const step = made === undefined ? undefined : plan.steps[plan.instructions[made]?.step ?? -1];
    const parsed = parseValueName(value.name);
    buffers.push({
      name: value.name,
      kind: kindOf(value),
      node: parsed.ok ? parsed.value.node : (step?.node ?? ''),
      shape: value.shape,
      offset: value.offset,
      bytes: value.bytes,
      paddedBytes: paddedBytes(numel(value.shape)),
      live: value.live,
      views: views.get(index) ?? [],
    });
  });
  plan.instructions.forEach(({ kernel, workspace, label, step }, at) => {
    if (workspace < 0) return;
    const bytes = workspaceBytes(plan.kernels[kernel] as KernelSpec);
    const node = plan.steps[step]?.node ?? '';
    buffers.push({
      name: `${node}: ${label}`,
      kind: 'workspace',
      node,
      shape: [Math.ceil(bytes / 4)],
      offset: workspace,
      bytes,
      paddedBytes: paddedBytes(bytes / 4),
      live: [at, at],
      views: [],
    });
  });
  return withPredecessors(buffers);
}

function kindOf({ name, kind }: PlanValue): BufferKind {
  if (kind === 'feed') return 'feed';
  if (name.startsWith('grad(')) return 'gradient';
  return isPublicName(name) ? 'value' : 'intermediate';
}

/** Value → the value whose bytes it only sees anew. */
function viewRoots(plan: Plan): Map<number, number> {
  const roots = new Map<number, number>();
  for (const { kernel, inputs, outputs } of plan.instructions) {
    const [from, to] = [inputs[0], outputs[0]];
    if (plan.kernels[kernel]?.op !== 'view' || from === undefined || to === undefined) continue;
    roots.set(to, roots.get(from) ?? from);
  }
  return roots;
}

/** Who lay at a buffer's bytes before it: the last tenant of each part, while the buffers come in the order of their time. */
function withPredecessors(buffers: readonly Omit<BufferFacts, 'takesOver'>[]): BufferFacts[] {
  const order = buffers
    .map((_, i) => i)
    .sort((a, b) => (buffers[a]?.live[0] ?? 0) - (buffers[b]?.live[0] ?? 0) || a - b);
  let tenants: { from: number; to: number; buffer: number }[] = [];
  const takesOver = new Map<number, readonly number[]>();
  for (const index of order) {
    const { offset, bytes } = buffers[index] as BufferFacts;
    const [from, to] = [offset, offset + bytes];
    const before = new Set<number>();
    const next: typeof tenants = [];
    for (const tenant of tenants) {
      if (tenant.to <= from || tenant.from >= to) {
        next.push(tenant);
        continue;
      }
      before.add(tenant.buffer);
      if (tenant.from < from) next.push({ ...tenant, to: from });
      if (tenant.to > to) next.push({ ...tenant, from: to });
    }
    next.push({ from, to, buffer: index });
    tenants = next;
    takesOver.set(index, [...before]);
  }
  return buffers.map((buffer, index) => ({ ...buffer, takesOver: takesOver.get(index) ?? [] }));
}

/** The first moment at which the buffers alive take the most bytes. */
function peakOf(buffers: readonly BufferFacts[], steps: number): PlanFacts['peak'] {
  const change = new Float64Array(steps + 2);
  for (const { live, paddedBytes: bytes } of buffers) {
    change[live[0]] = (change[live[0]] as number) + bytes;
    change[live[1] + 1] = (change[live[1] + 1] as number) - bytes;
  }
  let [alive, most, step] = [0, 0, 0];
  for (let at = 0; at <= steps; at++) {
    alive += change[at] as number;
    if (alive > most) [most, step] = [alive, at];
  }
  const living = buffers.flatMap(({ live }, index) => (live[0] <= step && step <= live[1] ? [index] : []));
  return { step, bytes: most, buffers: living };
}
