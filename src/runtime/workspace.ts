// One linear memory for the plans of a graph: [persistent, shared by all | per plan: constants, scratch]. Sizes are known
// beforehand, so the memory never grows and views never detach. Nothing here knows training or debugging.
import type { KernelFunction, KernelLibrary } from '../kernels/library.ts';
import { initialize } from '../program/initializer.ts';
import type { Plan, PlanValue } from '../program/plan.ts';
import { assert } from '../tensor/assert.ts';
import { streamKey } from '../tensor/random.ts';
import { numel } from '../tensor/shape.ts';
import { constantOf } from './interpret.ts';
import { type CallablePlan, planSharing, sharedWorkspaceBytes } from './share-plan.ts';
import { invoke } from './thread-loop.ts';
import type { Threads } from './threads.ts';

const pageBytes = 65_536;
/** Kept free at the end: vector loads may read past the last buffer. */
const guardBytes = 256;

export type View = Float32Array | Int32Array;

export interface BoundPlan {
  readonly plan: Plan;
  /** Runs instructions [from, to) in order; allocates nothing. */
  run(from: number, to: number): void;
  /** The live numbers of a value (index into plan.values). */
  view(index: number): View;
  /** Index of a name, or undefined. */
  find(name: string): number | undefined;
  /** The live numbers behind a name. Throws where the plan has none: ask `find` about names from outside. */
  read(name: string): View;
}

export interface Workspace {
  readonly memory: WebAssembly.Memory;
  readonly plans: readonly BoundPlan[];
  /** Bytes of everything. */
  readonly bytes: number;
  /** All persistent bytes: parameters, state, slots, step counter. */
  readonly persistent: Uint8Array;
  /** Gives every persistent value its first contents. */
  initialize(seed: number): void;
}

export interface WorkspaceOptions {
  readonly library: KernelLibrary;
  /** The memory can be seen by other threads. */
  readonly shared?: boolean;
  /** Run its plans together; the memory is a shared one then, and so is the library's. */
  readonly threads?: Threads | null;
}

/** Throws RangeError where the memory cannot be had. */
export function createWorkspace(plans: readonly Plan[], options: WorkspaceOptions): Workspace {
  const persistentBytes = Math.max(0, ...plans.map((plan) => plan.arena.persistentBytes));
  let bytes = persistentBytes;
  const places = plans.map((plan) => {
    const constants = bytes;
    const scratch = constants + plan.arena.constantBytes;
    bytes = scratch + plan.arena.scratchBytes;
    return { constants, scratch };
  });
  const { library, threads = null } = options;
  // One plan runs at a time: the other threads' workspaces serve all of them.
  const workspaces = bytes;
  if (threads) bytes += (threads.count - 1) * sharedWorkspaceBytes(plans, library);
  const pages = Math.max(1, Math.ceil((bytes + guardBytes) / pageBytes));
  if (pages > 65_536) throw new RangeError(`the plan needs ${(bytes / 2 ** 30).toFixed(1)} GiB, one memory holds 4`);
  const memory = new WebAssembly.Memory({
    initial: pages,
    maximum: pages,
    ...(options.shared || threads ? { shared: true } : {}),
  });
  const calls = plans.map((plan, i) =>
    bindPlan(plan, places[i] as { constants: number; scratch: number }, memory, library),
  );
  const runs = threads ? planSharing(threads, memory, library, calls, workspaces) : [];
  const bound = calls.map((plan, i) => boundPlan(plan, runs[i]));
  const largest = plans.reduce<Plan | undefined>(
    (best, plan) => (!best || plan.arena.persistentBytes > best.arena.persistentBytes ? plan : best),
    undefined,
  );
  for (const plan of plans) checkShared(plan, largest as Plan);
  return {
    memory,
    plans: bound,
    bytes: pages * pageBytes,
    persistent: new Uint8Array(memory.buffer, 0, persistentBytes),
    initialize(seed) {
      const owner = bound[plans.indexOf(largest as Plan)];
      owner?.plan.values.forEach((value, index) => {
        if (value.region !== 'persistent' || !value.init) return;
        const view = owner.view(index);
        if (value.init.kind === 'uniform' && value.dtype === 'float32')
          library.fillUniform(memory, view.byteOffset, view.length, {
            ...value.init,
            key: streamKey(seed, value.name),
          });
        else initialize(value.init, seed, value.name, view);
      });
    },
  };
}

function checkShared(plan: Plan, largest: Plan): void {
  for (const value of plan.values) {
    if (value.region !== 'persistent' || value.kind === 'computed') continue;
    const index = largest.names[value.name];
    assert(
      index !== undefined && largest.values[index]?.offset === value.offset,
      `${value.name} lies at the same place in every plan`,
    );
  }
}

interface PlacedPlan extends CallablePlan {
  readonly views: readonly View[];
}

function bindPlan(
  plan: Plan,
  at: { readonly constants: number; readonly scratch: number },
  memory: WebAssembly.Memory,
  library: KernelLibrary,
): PlacedPlan {
  const address = (value: PlanValue): number =>
    value.offset + (value.region === 'persistent' ? 0 : value.region === 'constant' ? at.constants : at.scratch);
  const views = plan.values.map((value): View => {
    const count = numel(value.shape);
    return value.dtype === 'int32'
      ? new Int32Array(memory.buffer, address(value), count)
      : new Float32Array(memory.buffer, address(value), count);
  });
  plan.values.forEach((value, index) => {
    if (value.data !== undefined) (views[index] as View).set(constantOf(value));
  });
  const functions = library.bind(plan.kernels, memory, plan.numerics);
  const calls: (KernelFunction | null)[] = [];
  const operands: (readonly number[])[] = [];
  for (const { kernel, inputs, outputs, workspace } of plan.instructions) {
    const spec = plan.kernels[kernel];
    assert(spec, `kernel ${kernel} of the plan`);
    calls.push(functions[kernel] ?? null);
    const pointers = [...inputs, ...outputs].map((index) => address(plan.values[index] as PlanValue));
    const all = [...pointers, workspace < 0 ? 0 : at.scratch + workspace, 0, library.extent(spec)];
    // As 32-bit integers: of an array of floats every call would box every number.
    operands.push(all.map((operand) => operand | 0));
  }
  return { plan, views, calls, operands };
}

function boundPlan(
  { plan, views, calls, operands }: PlacedPlan,
  runShared: ((from: number, to: number) => boolean) | undefined,
): BoundPlan {
  const find = (name: string): number | undefined => (Object.hasOwn(plan.names, name) ? plan.names[name] : undefined);
  return {
    plan,
    view: (index) => views[index] as View,
    find,
    read(name) {
      const index = find(name);
      assert(index !== undefined, `the plan has no value ${name}`);
      return views[index] as View;
    },
    run(from, to) {
      if (runShared?.(from, to)) return;
      for (let i = from; i < to; i++) {
        const call = calls[i];
        if (call) invoke(call, operands[i] as readonly number[]);
      }
    },
  };
}
