// Runs one optimiser record standalone, step by step, on one parameter tensor. It leaves comparing to the tests.
import type { Optimizer } from '../../src/operators/optimizers/define-optimizer.ts';
import type { Ref } from '../../src/program/access.ts';
import { createProgramBuilder } from '../../src/program/builder.ts';
import { initialize } from '../../src/program/initializer.ts';
import type { NumericArray } from '../../src/tensor/dtype.ts';
import { numel } from '../../src/tensor/shape.ts';
import { execute, type Precision } from './operator-harness.ts';

/** Every optimiser record there is, by id, found by walking the folder. */
export function optimizerFiles(): Map<string, Optimizer> {
  const modules = import.meta.glob<Record<string, unknown>>('../../src/operators/optimizers/*.ts', { eager: true });
  const found = Object.values(modules).flatMap((module) => Object.values(module).filter(isOptimizer));
  return new Map(found.map((optimizer) => [optimizer.id, optimizer]));
}

function isOptimizer(value: unknown): value is Optimizer {
  return typeof value === 'object' && value !== null && 'defaultLr' in value && 'options' in value;
}

export interface OptimizerRun {
  /** Takes one step and gives the new parameter; `loss` at the parameter before it, where the optimiser asks. */
  step(gradient: ArrayLike<number>, loss?: number): NumericArray;
  /** Current contents of slots and shared values, by name. */
  state(): Readonly<Record<string, NumericArray>>;
}

export function runOptimizer(
  optimizer: Optimizer,
  given: { lr: number; options: Readonly<Record<string, unknown>>; start: ArrayLike<number>; precision?: Precision },
): OptimizerRun {
  const options = optimizer.options.parse(given.options);
  const shape = [given.start.length];
  const builder = createProgramBuilder({ randomKey: () => 0 });
  const parameter = builder.declare('parameter', 'p', 'float32', shape);
  const gradient = builder.declare('feed', 'grad(p)', 'float32', shape);
  const loss = builder.declare('feed', 'loss', 'float32', []);
  const lr = builder.declare('hyper', 'lr', 'float32', []);
  const specs = optimizer.fullBatch
    ? optimizer.shared(options, given.start.length)
    : { ...optimizer.slots(options, shape), ...optimizer.shared(options) };
  const persistent = Object.fromEntries(
    Object.entries(specs).map(([name, spec]) => [name, builder.declare('slot', name, 'float32', spec.shape)]),
  );
  builder.under({ node: 'p', phase: 'update', role: 'update' }, optimizer.id);
  const { parameter: after, state: next } = written();
  const program = builder.finish('train', []);

  /** Writes the update; new parameter and new slots. */
  function written(): { parameter: Ref; state: Readonly<Record<string, Ref>> } {
    const { emit } = builder;
    if (optimizer.fullBatch) {
      const given = { emit, parameters: [parameter], gradients: [gradient], loss, lr, shared: persistent, options };
      const all = optimizer.updateAll(given);
      return { parameter: all.parameter(0), state: all.shared };
    }
    const pick = (names: object) =>
      Object.fromEntries(Object.keys(names).map((name) => [name, persistent[name] as Ref]));
    const shared = optimizer.prepare({ emit, shared: pick(optimizer.shared(options)), options });
    const slots = pick(optimizer.slots(options, shape));
    const one = optimizer.update({ emit, parameter, gradient, lr, slots, shared, options });
    return { parameter: one.parameter, state: { ...shared, ...one.slots } };
  }

  let p: NumericArray = Float64Array.from(given.start);
  let state = Object.fromEntries(
    Object.entries(specs).map(([name, spec]): [string, NumericArray] => {
      const first = new Float32Array(numel(spec.shape));
      initialize(spec.init, 0, name, first);
      return [name, first];
    }),
  );
  return {
    step(values, value = 0) {
      const buffers = new Map<number, ArrayLike<number>>([
        [parameter.id, p],
        [gradient.id, values],
        [loss.id, [value]],
        [lr.id, [given.lr]],
      ]);
      for (const [name, ref] of Object.entries(persistent)) buffers.set(ref.id, state[name] as NumericArray);
      const results = execute(program, buffers, given.precision ?? 'float32');
      p = results[after.id] as NumericArray;
      state = Object.fromEntries(
        Object.keys(specs).map((name) => [name, results[(next[name] as Ref).id] as NumericArray]),
      );
      return p;
    },
    state: () => state,
  };
}
