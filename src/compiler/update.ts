// update: appends the optimiser's program code: clip the gradients, prepare what parameters share, step every parameter in
// place, or all of them together. Leaves the learning rate to the host (the value `lr`).
import type { Clip } from '../graph/schema.ts';
import type {
  JointOptimizer,
  Optimizer,
  SeparateOptimizer,
  SlotSpec,
} from '../operators/optimizers/define-optimizer.ts';
import type { Ref } from '../program/access.ts';
import type { ProgramBuilder } from '../program/builder.ts';
import { numel } from '../tensor/shape.ts';
import type { DeclaredParameter, Lowering } from './lower.ts';
import { origin } from './lower.ts';

export interface UpdateOptions {
  readonly optimizer: Optimizer;
  /** Parsed by the optimiser's schema. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly clip: Clip | undefined;
  /** What is minimised. */
  readonly loss: Ref;
}

/** Adds the optimiser's step for every trainable parameter that has a gradient, clipped before where that is wanted. */
export function update(
  lowering: Lowering,
  gradients: ReadonlyMap<string, Ref>,
  { optimizer, options, clip, loss }: UpdateOptions,
): void {
  const trained = lowering.parameters.flatMap((parameter) => {
    const gradient = gradients.get(parameter.name);
    return parameter.trainable && gradient ? [{ parameter, gradient }] : [];
  });
  if (trained.length === 0) return;
  const clipped = clip ? clipGradients(lowering, trained, clip) : trained;
  lowering.builder.under(origin('optimizer', 'update', 'update'), optimizer.id);
  if (optimizer.fullBatch) stepTogether(lowering, clipped, optimizer, options, loss);
  else stepEach(lowering, clipped, optimizer, options);
}

type Options = UpdateOptions['options'];

function stepEach(
  { builder }: Lowering,
  trained: readonly Trained[],
  optimizer: SeparateOptimizer,
  options: Options,
): void {
  const { emit } = builder;
  const lr = builder.find('lr') as Ref;
  const before = declareSlots(builder, 'optimizer.shared', optimizer.shared(options));
  const shared = optimizer.prepare({ emit, shared: before, options });
  replaceSlots(builder, 'optimizer.shared', shared, before);
  for (const { parameter, gradient } of trained) {
    beginStep(builder, optimizer, parameter.name);
    const slots = declareSlots(builder, parameter.name, optimizer.slots(options, parameter.ref.shape));
    const next = optimizer.update({ emit, parameter: parameter.ref, gradient, lr, slots, shared, options });
    replaceSlots(builder, parameter.name, next.slots, slots);
    replaceParameter(builder, parameter, next.parameter);
  }
}

function stepTogether(
  { builder }: Lowering,
  trained: readonly Trained[],
  optimizer: JointOptimizer,
  options: Options,
  loss: Ref,
): void {
  const parameters = trained.map(({ parameter }) => parameter.ref);
  const count = parameters.reduce((sum, { shape }) => sum + numel(shape), 0);
  const before = declareSlots(builder, 'optimizer.shared', optimizer.shared(options, count));
  const next = optimizer.updateAll({
    emit: builder.emit,
    parameters,
    gradients: trained.map(({ gradient }) => gradient),
    loss,
    lr: builder.find('lr') as Ref,
    shared: before,
    options,
  });
  replaceSlots(builder, 'optimizer.shared', next.shared, before);
  for (const [index, { parameter }] of trained.entries()) {
    beginStep(builder, optimizer, parameter.name);
    replaceParameter(builder, parameter, next.parameter(index));
  }
}

function beginStep(builder: ProgramBuilder, { id }: Optimizer, name: string): void {
  const owner = name.slice(0, name.lastIndexOf('.'));
  builder.under(origin(owner, 'update', 'update'), `${id} ${name.slice(owner.length + 1)}`);
}

function declareSlots(
  builder: ProgramBuilder,
  owner: string,
  specs: Readonly<Record<string, SlotSpec>>,
): Record<string, Ref> {
  return Object.fromEntries(
    Object.entries(specs).map(([name, { shape, init }]) => [
      name,
      builder.declare('slot', `slot(${owner}, ${name})`, 'float32', shape, { init }),
    ]),
  );
}

function replaceSlots(
  builder: ProgramBuilder,
  owner: string,
  next: Readonly<Record<string, Ref>>,
  before: Readonly<Record<string, Ref>>,
): void {
  for (const [name, ref] of Object.entries(next)) {
    builder.name(ref, `next(slot(${owner}, ${name}))`);
    builder.replace(ref, before[name] as Ref);
  }
}

function replaceParameter(builder: ProgramBuilder, { name, ref }: DeclaredParameter, next: Ref): void {
  builder.name(next, `next(${name})`);
  builder.replace(next, ref);
}

type Trained = { readonly parameter: DeclaredParameter; readonly gradient: Ref };

/** By value: each element into ±max. By norm: all gradients scaled by max / (norm + 1e-6) if that is below 1 (PyTorch's clip_grad_norm_). */
function clipGradients({ builder }: Lowering, trained: readonly Trained[], clip: Clip): Trained[] {
  const { emit } = builder;
  builder.under(origin('clip', 'update', 'update'), `clip by ${clip.kind}`);
  if (clip.kind === 'value') {
    return trained.map(({ parameter, gradient }) => ({
      parameter,
      gradient: emit.map([gradient], (e, g) => e.max(e.constant(-clip.max), e.min(e.constant(clip.max), g))),
    }));
  }
  let total: Ref | undefined;
  for (const { gradient } of trained) {
    const axes = gradient.shape.map((_, axis) => axis);
    const squares = emit.reduce([gradient], { axes, value: (e, g) => e.mul(g, g) });
    total = total ? emit.map([total, squares], (e, a, b) => e.add(a, b)) : squares;
  }
  const scale = emit.map([total as Ref], (e, sum) =>
    e.min(e.constant(1), e.div(e.constant(clip.max), e.add(e.sqrt(sum), e.constant(1e-6)))),
  );
  return trained.map(({ parameter, gradient }) => ({
    parameter,
    gradient: emit.map([gradient, scale], (e, g, s) => e.mul(g, s)),
  }));
}
