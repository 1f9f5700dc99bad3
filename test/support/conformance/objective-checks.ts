// Golden objectives (L-BFGS): the function drawn as a graph with one parameter, trained by its compiled plan, one evaluation an
// iteration. Without a line search every point is PyTorch's; with one only the way's end is, says the manifest.
import { optimizerChoice } from '../golden/optimizers.ts';
import { bind, type GraphSketch, graphOf, type Json, planOf, run } from '../graphs.ts';
import type { GoldenEntry, GoldenTensor } from '../reference.ts';
import { requireNear } from './case.ts';

type Read = (name: string) => GoldenTensor;
type Nodes = GraphSketch['nodes'];

/** Trials that a search may take, so that a run ends. */
const trialsPerIteration = 26;

export function minimise(entry: GoldenEntry, read: Read, numerics: 'strict' | 'fast'): void {
  const hyperparameters = entry['hyperparameters'] as Json;
  const optimizer = optimizerChoice(entry['optimizer'] as string, hyperparameters);
  if (!optimizer) throw new Error(`there is no optimizer ${entry['optimizer']}`);
  const start = read(entry['param0'] as string);
  const count = start.data.length;
  const { nodes, feeds } = drawn(entry, read, count);
  const graph = graphOf({ nodes, training: { loss: 'f.y', optimizer } });
  const plan = planOf(graph, { numerics, retain: ['f.y'], gradients: 'training' });
  const { bound } = bind(plan, { 'p.y': start.data });
  // The memory of feeds serves other values once they are read.
  const evaluate = () => {
    for (const [name, numbers] of Object.entries(feeds)) bound.read(name).set(numbers);
    run(bound);
  };
  bound.read('lr')[0] = hyperparameters['lr'] as number;
  const perStep = hyperparameters['max_iter_per_step'] as number;
  const expected = read(entry['params'] as string);

  if (hyperparameters['line_search'] === null) {
    const values = entry['f_values'] as readonly number[];
    for (let step = 0; step * count < expected.data.length; step++) {
      for (let i = 0; i < perStep; i++) {
        evaluate();
        if (i === 0)
          requireNear(`f before step ${step + 1}`, bound.read('f.y'), Float32Array.of(values[step] as number), near);
      }
      const row = expected.data.slice(step * count, (step + 1) * count);
      requireNear(`parameter after step ${step + 1}`, bound.read('p.y'), row, near);
    }
    return;
  }
  const done = bound.read('slot(optimizer.shared, iterations)');
  for (let i = 0; i < perStep * trialsPerIteration && (done[0] as number) < perStep; i++) evaluate();
  requireNear(
    `optimum after ${perStep} iterations`,
    bound.read('p.y'),
    read(entry['optimum'] as string).data as Float32Array,
    () => 1e-3,
  );
}

const near = (expected: number) => 1e-5 + 1e-4 * Math.abs(expected);

/** The objective as nodes that end in `f`, and what is fed. */
function drawn(entry: GoldenEntry, read: Read, count: number): { nodes: Nodes; feeds: Record<string, Float32Array> } {
  const formula = String(entry['objective']).replace(/\s/g, '');
  const p: Nodes = { p: ['parameter', {}, { shape: [count] }] };
  if (formula === 'f(x)=0.5x^TAx-b^Tx') {
    const nodes: Nodes = {
      ...p,
      A: ['input', {}, { shape: [count, count] }],
      b: ['input', {}, { shape: [count] }],
      column: ['reshape', { x: 'p.y' }, { shape: [count, 1] }],
      Ap: ['matmul', { a: 'A.y', b: 'column.y' }],
      half: ['constant', {}, { value: 0.5 }],
      Apv: ['reshape', { x: 'Ap.y' }, { shape: [count] }],
      halfAp: ['mul', { a: 'Apv.y', b: 'half.y' }],
      inner: ['sub', { a: 'halfAp.y', b: 'b.y' }],
      terms: ['mul', { a: 'p.y', b: 'inner.y' }],
      f: ['sum', { x: 'terms.y' }],
    };
    const data = (name: string) => read(entry[name] as string).data as Float32Array;
    return { nodes, feeds: { 'A.y': data('A'), 'b.y': data('b') } };
  }
  if (formula === 'f(x)=(1-x0)^2+100(x1-x0^2)^2') {
    const nodes: Nodes = {
      ...p,
      x0: ['slice', { x: 'p.y' }, { starts: [0], ends: [1] }],
      x1: ['slice', { x: 'p.y' }, { starts: [1], ends: [2] }],
      one: ['constant', {}, { value: 1 }],
      hundred: ['constant', {}, { value: 100 }],
      left: ['sub', { a: 'one.y', b: 'x0.y' }],
      square: ['square', { x: 'left.y' }],
      bent: ['square', { x: 'x0.y' }],
      valley: ['sub', { a: 'x1.y', b: 'bent.y' }],
      valley2: ['square', { x: 'valley.y' }],
      steep: ['mul', { a: 'valley2.y', b: 'hundred.y' }],
      total: ['add', { a: 'square.y', b: 'steep.y' }],
      f: ['sum', { x: 'total.y' }],
    };
    return { nodes, feeds: {} };
  }
  throw new Error(`no graph draws ${entry['objective']}`);
}
