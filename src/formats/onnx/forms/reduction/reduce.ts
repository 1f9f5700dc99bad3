// Reductions over axes: an attribute of older operator sets, an input of newer ones, where an empty list may also mean none.
import type { OnnxForm } from '../../onnx-form.ts';
import { axesSetting, type Settings } from '../../reading/known-input.ts';
import type { ReadContext, Wire } from '../../reading/read-context.ts';
import { reduce } from '../../writing/arithmetic.ts';
import type { OnnxValue, WriteContext } from '../../writing/write-context.ts';

interface Reduction {
  readonly op: string;
  /** Our operator. */
  readonly operator: string;
  /** What a reduction over no axes does to each element; nothing when left out. */
  readonly alone?: string;
  /** Follows the reduction. */
  readonly after?: string;
}

const reductions: readonly Reduction[] = [
  { op: 'ReduceSum', operator: 'sum' },
  { op: 'ReduceMean', operator: 'mean' },
  { op: 'ReduceMax', operator: 'amax' },
  { op: 'ReduceMin', operator: 'amin' },
  { op: 'ReduceProd', operator: 'prod' },
  { op: 'ReduceL1', operator: 'l1_norm', alone: 'abs' },
  { op: 'ReduceL2', operator: 'l2_norm', alone: 'abs' },
  { op: 'ReduceSumSquare', operator: 'sum_square', alone: 'square' },
  { op: 'ReduceLogSumExp', operator: 'logsumexp' },
  { op: 'ReduceLogSum', operator: 'sum', after: 'log' },
];

/** Reductions work on float32; whole numbers go through it and come back. */
function read(context: ReadContext, { operator, alone, after }: Reduction): void {
  const axes = axesSetting(context, 1, 'dim');
  const listed = axes.attributes['dim'] as readonly number[] | undefined;
  const empty = listed === undefined ? Object.keys(axes.inputs).length === 0 : listed.length === 0;
  const none = context.int('noop_with_empty_axes', 0) !== 0 && empty;
  const keepdim = context.int('keepdims', 1) !== 0;
  const { dtype } = context.type(0);
  const x = dtype === 'float32' ? context.wire(0) : context.value('cast', { x: context.wire(0) }, { dtype: 'float32' });
  const steps = none
    ? [alone, after].filter((id) => id !== undefined).map((id) => ({ id, settings: plain }))
    : [
        { id: operator, settings: { ...axes, attributes: { ...axes.attributes, keepdim } } },
        ...(after ? [{ id: after, settings: plain }] : []),
      ];
  if (dtype === 'int32') steps.push({ id: 'cast', settings: { inputs: {}, attributes: { dtype } } });
  if (steps.length === 0) {
    context.same(0, 0);
    return;
  }
  let wire: Wire = x;
  steps.forEach(({ id, settings }, i) => {
    const build = i === steps.length - 1 ? context.result : context.value;
    const built = build(id, { x: wire, ...settings.inputs }, settings.attributes);
    wire = typeof built === 'string' ? built : wire;
  });
}

const plain: Settings = { inputs: {}, attributes: {} };

/** Over all axes where the list is empty; a scalar has none. */
function write(context: WriteContext, op: string): void {
  const x = context.inputs['x'] as OnnxValue;
  const { dim, keepdim } = context.attributes as { readonly dim: readonly number[]; readonly keepdim: boolean };
  reduce(context, op, x, { keepdims: keepdim, port: 'y', ...(dim.length > 0 ? { axes: dim } : {}) });
}

export const reduceForms: readonly OnnxForm[] = reductions.map((reduction) => ({
  op: reduction.op,
  read: (context) => read(context, reduction),
  ...(reduction.after ? {} : { write: { [reduction.operator]: (context) => write(context, reduction.op) } }),
}));
