// Trainings in strict numerics as fingerprints: what must be the same, bit by bit, in every engine. Runs in Node and in pages.
import { graphOf } from '../../bench/engines/ours.mjs';
import { findCase } from '../../bench/workloads/workloads.mjs';
import { compile } from '../../src/compiler/compile.ts';
import { createKernelLibrary } from '../../src/kernels/library.ts';
import { optimizers } from '../../src/operators/optimizers/registry.generated.ts';
import { operators } from '../../src/operators/registry.generated.ts';
import type { Threads } from '../../src/runtime/threads.ts';
import { type BoundPlan, createWorkspace, type View } from '../../src/runtime/workspace.ts';
import { createRandom } from '../../src/tensor/random.ts';

/** Networks by name, with a batch that keeps the proof short. */
const networks = { lenet: ['W2 step', 32], resnet20: ['W3 step', 4] } as const;

export type StrictNetwork = keyof typeof networks;

export interface Fingerprint {
  readonly iteration: number;
  /** Of all parameters, running statistics and momenta. */
  readonly hash: string;
  readonly loss: number;
}

/**
 * New random examples in every iteration; a fingerprint after every `every` of them. With `threads` all of these take part, and
 * must be ready.
 */
export async function strictTraining(
  network: StrictNetwork,
  iterations: number,
  every: number,
  threads: Threads | null = null,
): Promise<Fingerprint[]> {
  const [name, batch] = networks[network];
  const { net, kind, classes = 10 } = findCase(name);
  const [, ...rest] = net.inputs['x'] ?? [];
  const graph = graphOf({ net: { ...net, inputs: { x: [batch, ...rest] } }, kind });
  const library = createKernelLibrary({ shared: threads !== null });
  const { plan, diagnostics } = compile(
    graph,
    { operators, optimizers },
    {
      mode: 'train',
      retain: [],
      gradients: 'training',
      numerics: 'strict',
      workspaceBytes: library.workspaceBytes,
    },
  );
  if (!plan) throw new Error(JSON.stringify(diagnostics));
  const workspace = createWorkspace([plan], { library, threads });
  workspace.initialize(1);
  await threads?.whenReady();
  const bound = workspace.plans[0] as BoundPlan;
  const loss = bound.read(plan.loss as string);
  const prints: Fingerprint[] = [];
  for (let iteration = 0; iteration < iterations; iteration++) {
    bound.read('iteration')[0] = iteration;
    bound.read('lr')[0] = 0.01;
    for (const feed of plan.feeds) draw(bound.read(feed), classes, createRandom(iteration, feed));
    bound.run(0, plan.instructions.length);
    if ((iteration + 1) % every > 0) continue;
    prints.push({ iteration: iteration + 1, hash: hashOf(workspace.persistent), loss: loss[0] as number });
  }
  return prints;
}

function draw(view: View, classes: number, random: ReturnType<typeof createRandom>): void {
  for (let i = 0; i < view.length; i++) {
    view[i] = view instanceof Int32Array ? random.integer(classes) : random.between(-1, 1);
  }
}

/** FNV-1a over the bytes. */
function hashOf(bytes: Uint8Array): string {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}
