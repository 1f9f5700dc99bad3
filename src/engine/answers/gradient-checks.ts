// The gradient check of the page: on a few examples of what the debugger holds, in slices, so that messages are heard; one at a
// time. A small plan runs once on the kernels; every node is then computed again in float64 (insight/gradient-check.ts).
import { type Compilation, compile, type Registry } from '../../compiler/compile.ts';
import { gradientChecks, type PortCheck } from '../../insight/gradient-check.ts';
import type { KernelLibrary } from '../../kernels/library.ts';
import type { Plan } from '../../program/plan.ts';
import { type BoundPlan, createWorkspace } from '../../runtime/workspace.ts';
import { type Diagnostic, error, warning } from '../../tensor/diagnostic.ts';
import type { Project } from '../project.ts';
import type { CheckedNode, GradientCheckRequest, GradientCheckState } from '../protocol/explain.ts';

/** Gradients do not depend on how many examples there are; float64 loops take their time. */
const examples = 2;
/** Nodes whose forward pass takes more (floating-point operations on those examples) are left out. */
const mostFlops = 4e8;
const sliceMs = 12;
const progressMs = 100;

export interface GradientChecks {
  check(project: Project, request: GradientCheckRequest, revision: number): Promise<GradientCheckState>;
  cancel(): void;
}

/** One check at a time: another calls it off. How far it is goes to `report`. */
export function createGradientChecks(
  registry: Registry,
  library: KernelLibrary,
  report: (state: GradientCheckState) => void,
): GradientChecks {
  /** Grows with every check and every cancel: who holds an older number is called off. */
  let generation = 0;
  return {
    async check(project, { path, samples = 8 }, revision) {
      generation += 1;
      const own = generation;
      const blank = { revision, done: 0, total: 0, current: null, nodes: [], diagnostics: [] };
      const ready = await prepare(project, registry, library, () => own !== generation);
      if (ready === null) return { ...blank, status: 'cancelled' };
      if ('diagnostics' in ready) return { ...blank, status: 'failed', diagnostics: ready.diagnostics };
      const { compilation, bound } = ready;
      const heavy = tooHeavy(compilation);
      const inside = (node: string) =>
        path === null || node === path || node.startsWith(`${path}/`) || node.startsWith(`${path}[`);
      const slices = gradientChecks(compilation, (name) => bound.read(name), {
        samples,
        includes: (node) => inside(node) && !heavy.has(node),
      });
      const left = [...heavy].filter(inside);
      const diagnostics = left.map((node) =>
        warning('W_NOT_CHECKED', 'is too large to be checked in float64', { path: node }),
      );
      let last: GradientCheckState = { ...blank, status: 'running', diagnostics };
      let [since, told] = [performance.now(), 0];
      for (;;) {
        const { done, value } = slices.next();
        if (done) {
          const nodes = nodesOf(compilation, value);
          return { ...last, status: 'finished', done: last.total, current: null, nodes };
        }
        last = {
          ...blank,
          status: 'running',
          done: value.done,
          total: value.total,
          current: value.current,
          nodes: last.done === value.done ? last.nodes : nodesOf(compilation, value.checks),
          diagnostics,
        };
        if (performance.now() - since < sliceMs) continue;
        if (performance.now() - told > progressMs) {
          report(last);
          told = performance.now();
        }
        await nextTask();
        if (own !== generation) return { ...last, status: 'cancelled' };
        since = performance.now();
      }
    },
    cancel() {
      generation += 1;
    },
  };
}

type Ready = { readonly compilation: Compilation; readonly bound: BoundPlan };

/** A plan of a few examples that has run forward and backward on the debugger's numbers; null: called off. */
async function prepare(
  project: Project,
  registry: Registry,
  library: KernelLibrary,
  cancelled: () => boolean,
): Promise<Ready | { readonly diagnostics: readonly Diagnostic[] } | null> {
  const debug = project.debug;
  if (!debug) return { diagnostics: [error('E_NO_GRAPH', 'nothing is ready to run')] };
  const from = debug.bound;
  if (from.plan.loss === null)
    return { diagnostics: [error('E_NO_LOSS', 'without a loss there are no gradients to check')] };
  const attempt = (batch: number): Compilation =>
    compile(project.graph, registry, {
      mode: from.plan.mode,
      batch,
      retain: 'all',
      gradients: 'all',
      update: false,
      numerics: 'strict',
      partial: true,
      workspaceBytes: library.workspaceBytes,
    });
  const batch = from.plan.batch;
  let compilation = attempt(Math.min(batch, examples));
  // A shape may insist on the batch as it is.
  const { stopped } = project.compilation;
  if (!compilation.plan?.loss || compilation.stopped.size > stopped.size) compilation = attempt(batch);
  const { plan } = compilation;
  if (!plan) return { diagnostics: compilation.diagnostics };
  try {
    const bound = createWorkspace([plan], { library }).plans[0] as BoundPlan;
    giveNumbers(from, bound);
    for (const step of plan.steps) {
      if (step.phase === 'update') break;
      bound.run(step.from, step.to);
      await nextTask();
      if (cancelled()) return null;
    }
    return { compilation, bound };
  } catch (fault) {
    if (!(fault instanceof RangeError)) throw fault;
    return { diagnostics: [error('E_MEMORY', `there is not enough memory: ${fault.message}`)] };
  }
}

/** Parameters and state as they are; of feeds the first examples. */
function giveNumbers(from: BoundPlan, to: BoundPlan): void {
  to.plan.values.forEach((value, index) => {
    if (value.kind === 'computed' || value.kind === 'constant') return;
    const known = from.find(value.name);
    const given = known === undefined ? undefined : from.plan.values[known];
    if (known === undefined || !given) return;
    const [numbers, target] = [from.view(known), to.view(index)];
    if (numbers.length === target.length) {
      target.set(numbers);
      return;
    }
    // The batch dimension is the one that is shorter here.
    const axis = value.shape.findIndex((size, i) => size !== given.shape[i]);
    const inner = value.shape.slice(axis + 1).reduce((a, b) => a * b, 1);
    const [kept, whole] = [(value.shape[axis] ?? 1) * inner, (given.shape[axis] ?? 1) * inner];
    for (let i = 0; i * kept < target.length; i++) target.set(numbers.subarray(i * whole, i * whole + kept), i * kept);
  });
}

/** Nodes whose kernels would take minutes in float64. */
function tooHeavy({ plan }: Compilation): Set<string> {
  const flops = new Map<string, number>();
  for (const { step, kernel } of (plan as Plan).instructions) {
    const spec = plan?.kernels[kernel];
    const at = plan?.steps[step];
    if (!spec || at?.phase !== 'forward') continue;
    const g = spec.op === 'conv2d' ? spec.geometry : null;
    const work =
      spec.op === 'gemm'
        ? 2 * spec.m * spec.n * spec.k * spec.batch.reduce((a, b) => a * b, 1)
        : g
          ? (2 * g.batch * g.outChannels * g.outSize[0] * g.outSize[1] * g.inChannels * g.kernel[0] * g.kernel[1]) /
            g.groups
          : 0;
    flops.set(at.node, (flops.get(at.node) ?? 0) + work);
  }
  return new Set([...flops].filter(([, work]) => work > mostFlops).map(([node]) => node));
}

function nodesOf({ network }: Compilation, checks: readonly PortCheck[]): CheckedNode[] {
  const paths = [...new Set(checks.map((check) => check.path))];
  return paths.map((path) => {
    const ports = checks.filter((check) => check.path === path).map(({ path: _, ...port }) => port);
    const operator = network.instances.find((instance) => instance.path === path)?.operator;
    const kinks = ports.reduce((sum, port) => sum + port.kinks, 0);
    return {
      path,
      op: operator?.id ?? '',
      error: Math.max(0, ...ports.map((port) => port.error)),
      kinks,
      unclear: ports.reduce((sum, port) => sum + port.unclear, 0),
      passed: ports.every((port) => port.passed),
      ports,
      ...(kinks > 0 && operator?.gradientNote !== undefined ? { kinkNote: operator.gradientNote } : {}),
    };
  });
}

/** Lets messages in. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
