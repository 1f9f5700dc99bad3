// golden/optimizers: trajectories from fixed gradients, objectives, clipped gradients, schedules: each through a compiled plan, in both
// numerics, as training runs it.
import { createSchedule, scheduleFaults } from '../../../src/training/schedule.ts';
import { optimizerChoice } from '../golden/optimizers.ts';
import { bind, type GraphSketch, graphOf, type Json, planOf, run } from '../graphs.ts';
import { type GoldenEntry, type GoldenTensor, loadGoldenManifest } from '../reference.ts';
import { type Check, type ConformanceCase, requireNear, unsupported } from './case.ts';
import { createGoldenTensors } from './golden-tensors.ts';
import { minimise } from './objective-checks.ts';

type Read = (name: string) => GoldenTensor;

const limit = (expected: number) => 1e-5 + 1e-4 * Math.abs(expected);

export function optimizerCases(): ConformanceCase[] {
  const tensors = createGoldenTensors();
  return loadGoldenManifest().optimizers.map((entry) => {
    const read: Read = (name) => tensors(entry['file'] as string)(name);
    return { name: entry.id, checks: checksOf(entry, read) };
  });
}

function checksOf(entry: GoldenEntry, read: Read): readonly Check[] {
  switch (entry['kind']) {
    case 'fixed_gradients':
      return bothNumerics((numerics) => followGradients(entry, read, numerics));
    case 'objective':
      return bothNumerics((numerics) => minimise(entry, read, numerics));
    case 'clip':
      return bothNumerics((numerics) => clipGradients(entry, read, numerics));
    case 'schedule':
      return [{ name: 'rate of every step', run: () => followSchedule(entry) }];
    default:
      return unsupported(`entries of the kind ${entry['kind']}`);
  }
}

function bothNumerics(check: (numerics: 'strict' | 'fast') => void): Check[] {
  return (['strict', 'fast'] as const).map((numerics) => ({
    name: `${numerics} numerics`,
    run: () => check(numerics),
  }));
}

/** Parameters whose gradients are fed: the loss is Σ parameter · gradient. */
function linearGraph(start: readonly GoldenTensor[], training: Json): GraphSketch {
  const nodes: Record<string, GraphSketch['nodes'][string]> = {};
  let loss = '';
  start.forEach(({ shape }, i) => {
    nodes[`p${i}`] = ['parameter', {}, { shape }];
    nodes[`g${i}`] = ['input', {}, { shape }];
    nodes[`weighed${i}`] = ['mul', { a: `p${i}.y`, b: `g${i}.y` }];
    nodes[`sum${i}`] = ['sum', { x: `weighed${i}.y` }];
    if (i > 0) nodes[`total${i}`] = ['add', { a: loss, b: `sum${i}.y` }];
    loss = i > 0 ? `total${i}.y` : 'sum0.y';
  });
  return { nodes, training: { loss, ...training } };
}

function followGradients(entry: GoldenEntry, read: Read, numerics: 'strict' | 'fast'): void {
  const hyperparameters = entry['hyperparameters'] as Json;
  const optimizer = optimizerChoice(entry['optimizer'] as string, hyperparameters);
  if (!optimizer) throw new Error(`there is no optimizer ${entry['optimizer']}`);
  const start = read(entry['param0'] as string);
  const count = start.data.length;
  const [gradients, expected] = [read(entry['grads'] as string), read(entry['params'] as string)];
  const plan = planOf(graphOf(linearGraph([start], { optimizer })), { numerics, retain: [], gradients: 'training' });
  const { bound } = bind(plan, { 'p0.y': start.data });
  for (let step = 0; step < (entry['steps'] as number); step++) {
    const row = (tensor: GoldenTensor) => tensor.data.slice(step * count, (step + 1) * count);
    bound.read('iteration')[0] = step;
    bound.read('lr')[0] = hyperparameters['lr'] as number;
    bound.read('g0.y').set(row(gradients));
    run(bound);
    requireNear(`parameter after step ${step + 1}`, bound.read('p0.y'), row(expected), limit);
  }
}

/** Plain descent with rate 1 from zero: the parameter becomes minus the clipped gradient. */
function clipGradients(entry: GoldenEntry, read: Read, numerics: 'strict' | 'fast'): void {
  const { mode, max } = entry['hyperparameters'] as Json;
  const gradients = (entry['grads'] as readonly string[]).map(read);
  const training = { optimizer: { kind: 'sgd' }, clip: { kind: mode, max } };
  const plan = planOf(graphOf(linearGraph(gradients, training)), { numerics, retain: [], gradients: 'training' });
  const { bound } = bind(plan);
  bound.read('lr')[0] = 1;
  gradients.forEach(({ data }, i) => {
    bound.read(`p${i}.y`).fill(0);
    bound.read(`g${i}.y`).set(data);
  });
  run(bound);
  (entry['clipped'] as readonly string[]).forEach((name, i) => {
    requireNear(
      name,
      bound.read(`p${i}.y`).map((value) => -value),
      read(name).data,
      limit,
    );
  });
}

/** Golden schedules whose name is not ours. */
const scheduleNames: Readonly<Record<string, string>> = {
  multistep: 'multi_step',
  linear_warmup: 'linear',
  one_over_t: 'inverse',
  warm_restarts: 'cosine_restarts',
  reduce_on_plateau: 'plateau',
};

/** Their steps are our epochs; options have torch.optim's names. */
function followSchedule(entry: GoldenEntry): void {
  const { lr, formula: _, ...options } = entry['hyperparameters'] as Json;
  const name = entry['schedule'] as string;
  const kind = scheduleNames[name] ?? name;
  const choice = { kind, ...options, ...(kind === 'plateau' ? {} : { interval: 'epoch' }) };
  const [fault] = scheduleFaults(choice);
  if (fault) throw new Error(fault.message);
  const expected = entry['lr_by_step'] as readonly number[];
  const schedule = createSchedule(choice, lr as number, { epochs: expected.length, iterationsPerEpoch: 1 });
  const measured = (entry['metrics'] ?? []) as readonly number[];
  for (const [step, rate] of expected.entries()) {
    const own = schedule.rateAt(step, measured);
    // The manifest gives twelve digits.
    if (!(Math.abs(own - rate) <= 1e-10 * (lr as number)))
      throw new Error(`the rate of step ${step} is ${own}, expected ${rate}`);
  }
}
