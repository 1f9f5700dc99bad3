// update: appends the optimiser's program code: clip the gradients, prepare what parameters share, step every parameter in
// place. Leaves the learning rate to the host (the value `lr`).
import type { Clip } from '../graph/schema.ts';
import type { Optimizer } from '../operators/optimizers/define-optimizer.ts';
import type { Ref } from '../program/access.ts';
import type { DeclaredParameter, Lowering } from './lower.ts';
import { origin } from './lower.ts';

export interface UpdateOptions {
  readonly optimizer: Optimizer;
  /** Parsed by the optimiser's schema. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly clip: Clip | undefined;
}

export function update(
  lowering: Lowering,
  gradients: ReadonlyMap<string, Ref>,
  { optimizer, options, clip }: UpdateOptions,
): void {
  const { builder } = lowering;
  const { emit } = builder;
  const lr = builder.find('lr') as Ref;
  const trained = lowering.parameters.flatMap((parameter) => {
    const gradient = gradients.get(parameter.name);
    return parameter.trainable && gradient ? [{ parameter, gradient }] : [];
  });
  if (trained.length === 0) return;

  const clipped = clip ? clipGradients(lowering, trained, clip) : trained;

  builder.under(origin('optimizer', 'update', 'update'), optimizer.id);
  const before: Record<string, Ref> = {};
  for (const [name, slot] of Object.entries(optimizer.shared(options))) {
    before[name] = builder.declare('slot', `slot(optimizer.shared, ${name})`, 'float32', slot.shape, {
      init: slot.init,
    });
  }
  const shared = optimizer.prepare({ emit, shared: before, options });
  for (const [name, ref] of Object.entries(shared)) {
    builder.name(ref, `next(slot(optimizer.shared, ${name}))`);
    builder.replace(ref, before[name] as Ref);
  }

  for (const { parameter, gradient } of clipped) {
    const owner = parameter.name.slice(0, parameter.name.lastIndexOf('.'));
    builder.under(origin(owner, 'update', 'update'), `${optimizer.id} ${parameter.name.slice(owner.length + 1)}`);
    const slots: Record<string, Ref> = {};
    for (const [name, slot] of Object.entries(optimizer.slots(options, parameter.ref.shape))) {
      slots[name] = builder.declare('slot', `slot(${parameter.name}, ${name})`, 'float32', slot.shape, {
        init: slot.init,
      });
    }
    const next = optimizer.update({ emit, parameter: parameter.ref, gradient, lr, slots, shared, options });
    for (const [name, ref] of Object.entries(next.slots)) {
      builder.name(ref, `next(slot(${parameter.name}, ${name}))`);
      builder.replace(ref, slots[name] as Ref);
    }
    builder.name(next.parameter, `next(${parameter.name})`);
    builder.replace(next.parameter, parameter.ref);
  }
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
