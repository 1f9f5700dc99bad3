// How alive the units of every nonlinearity are, and how far an update moves the weights: what overlays tell of a network's
// health. Reads the debugger's memory; an update that has not been made is made and taken back, which is exact.
import { type Units, unitsOf } from '../../debugger/explain/units.ts';
import type { Debug, Project } from '../project.ts';
import type { UnitFacts, UpdateFacts } from '../protocol/plans.ts';

/** A slope below this share of the steepest that rectifiers and sigmoids need to learn counts as flat. */
const flatSlope = 0.01;

/** Of every elementwise node with one input, by instance path: how many units give zero for all examples, how many numbers stand where the curve is flat. */
export function unitFacts(project: Project): Record<string, UnitFacts> {
  const facts: Record<string, UnitFacts> = {};
  const { debug, compilation } = project;
  if (!debug) return facts;
  const { bound, stepper } = debug;
  for (const { path, operator, inputs } of compilation.network.instances) {
    if (!operator.traits.elementwise || operator.traits.random || operator.gradient === null || inputs.size !== 1)
      continue;
    const [port] = inputs.keys();
    const output = bound.find(`${path}.${Object.keys(operator.outputs)[0] ?? 'y'}`);
    const value = output === undefined ? undefined : bound.plan.values[output];
    if (output === undefined || !value || value.dtype !== 'float32' || !stepper.isComputed(output)) continue;
    const units = unitsOf(value.shape);
    if (units.count === 0) continue;
    const dy = bound.find(`grad(${value.name})`);
    const dx = bound.find(`grad(${path}.${port})`);
    const known = dx !== undefined && dy !== undefined && dx !== dy && stepper.isComputed(dx);
    facts[path] = {
      units: units.count,
      dead: deadUnits(bound.view(output) as Float32Array, units),
      flat: known ? flatShare(bound.view(dx) as Float32Array, bound.view(dy) as Float32Array) : null,
    };
  }
  return facts;
}

function deadUnits(view: Float32Array, { count, outer, inner }: Units): number {
  let dead = 0;
  for (let unit = 0; unit < count; unit++) {
    let alive = false;
    for (let o = 0; o < outer && !alive; o++) {
      const from = (o * count + unit) * inner;
      for (let i = from; i < from + inner; i++) {
        if (view[i] !== 0) {
          alive = true;
          break;
        }
      }
    }
    if (!alive) dead++;
  }
  return dead;
}

/** Of the numbers that a gradient reaches: the share that passes on less than a hundredth of it. null where none is reached. */
function flatShare(dx: Float32Array, dy: Float32Array): number | null {
  let reached = 0;
  let flat = 0;
  for (let i = 0; i < dy.length; i++) {
    const arrives = Math.abs(dy[i] as number);
    if (!(arrives > 0)) continue;
    reached++;
    if (Math.abs(dx[i] as number) < flatSlope * arrives) flat++;
  }
  return reached === 0 ? null : flat / reached;
}

/** ‖update‖ and ‖weight‖ of every parameter that is trained, in this iteration; null where the gradients are not there yet. */
export function updateFacts({ bound, stepper }: Debug): Record<string, UpdateFacts> | null {
  const { steps } = bound.plan;
  const first = steps.findIndex((step) => step.phase === 'update');
  if (first < 0 || stepper.cursor < first) return null;
  const cursor = stepper.cursor;
  const trained = new Set(
    bound.plan.instructions.filter(({ step }) => step >= first).flatMap(({ outputs }) => outputs),
  );
  const parameters = bound.plan.values.flatMap((value, index) =>
    value.kind === 'parameter' && trained.has(index) ? [index] : [],
  );
  stepper.runTo(first);
  const before = parameters.map((index) => bound.view(index).slice());
  stepper.runTo(steps.length);
  const facts: Record<string, UpdateFacts> = {};
  parameters.forEach((index, i) => {
    const old = before[i] as ArrayLike<number>;
    const now = bound.view(index);
    let [weight, update] = [0, 0];
    for (let k = 0; k < now.length; k++) {
      const w = old[k] as number;
      const d = (now[k] as number) - w;
      weight += w * w;
      update += d * d;
    }
    facts[bound.plan.values[index]?.name ?? ''] = { weight: Math.sqrt(weight), update: Math.sqrt(update) };
  });
  stepper.runTo(cursor);
  return facts;
}
