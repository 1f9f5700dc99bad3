// Reductions over axes: an attribute of older operator sets, an input of newer ones, where an empty list may also mean none.

import { abs } from '../../../../operators/arithmetic/abs.ts';
import { cast } from '../../../../operators/arithmetic/cast.ts';
import { log } from '../../../../operators/arithmetic/log.ts';
import { square } from '../../../../operators/arithmetic/square.ts';
import type { Operator } from '../../../../operators/define-operator.ts';
import { amax } from '../../../../operators/reduction/amax.ts';
import { amin } from '../../../../operators/reduction/amin.ts';
import { l1Norm } from '../../../../operators/reduction/l1-norm.ts';
import { l2Norm } from '../../../../operators/reduction/l2-norm.ts';
import { logsumexp } from '../../../../operators/reduction/logsumexp.ts';
import { mean } from '../../../../operators/reduction/mean.ts';
import { prod } from '../../../../operators/reduction/prod.ts';
import { sum } from '../../../../operators/reduction/sum.ts';
import { sumSquare } from '../../../../operators/reduction/sum-square.ts';
import type { OnnxForm } from '../../onnx-form.ts';
import { axesSetting } from '../../reading/known-input.ts';
import type { Attributes, ReadContext, Sources } from '../../reading/read-context.ts';
import { needsReal } from '../../reading/real-input.ts';
import { reduce } from '../../writing/arithmetic.ts';
import type { OnnxValue, WriteContext } from '../../writing/write-context.ts';

interface Reduction {
  readonly op: string;
  readonly operator: Operator;
  /** What a reduction over no axes does to each element; nothing when left out. */
  readonly alone?: Operator;
  /** Follows the reduction. */
  readonly after?: Operator;
}

const reductions: readonly Reduction[] = [
  { op: 'ReduceSum', operator: sum },
  { op: 'ReduceMean', operator: mean },
  { op: 'ReduceMax', operator: amax },
  { op: 'ReduceMin', operator: amin },
  { op: 'ReduceProd', operator: prod },
  { op: 'ReduceL1', operator: l1Norm, alone: abs },
  { op: 'ReduceL2', operator: l2Norm, alone: abs },
  { op: 'ReduceSumSquare', operator: sumSquare, alone: square },
  { op: 'ReduceLogSumExp', operator: logsumexp },
  { op: 'ReduceLogSum', operator: sum, after: log },
];

interface Step {
  readonly operator: Operator;
  readonly inputs?: Sources;
  readonly attributes?: Attributes;
}

function read(context: ReadContext, { operator, alone, after }: Reduction): void {
  const axes = axesSetting(context, 1, 'dim');
  const listed = axes.attributes['dim'] as readonly number[] | undefined;
  const empty = listed === undefined ? Object.keys(axes.inputs).length === 0 : listed.length === 0;
  const none = context.int('noop_with_empty_axes', 0) !== 0 && empty;
  const attributes = { ...axes.attributes, keepdim: context.int('keepdims', 1) !== 0 };
  const steps: Step[] = none ? (alone ? [{ operator: alone }] : []) : [{ operator, inputs: axes.inputs, attributes }];
  if (after) steps.push({ operator: after });
  const [first] = steps;
  if (!first) {
    context.same(0, 0);
    return;
  }
  const { dtype } = context.type(0);
  const real = steps.some((step) => needsReal(context, 0, step.operator));
  let wire = real ? context.value('cast', { x: context.wire(0) }, { dtype: 'float32' }) : context.wire(0);
  if (real) steps.push({ operator: cast, attributes: { dtype } });
  steps.forEach((step, i) => {
    const inputs = { x: wire, ...step.inputs };
    if (i === steps.length - 1) context.result(step.operator.id, inputs, step.attributes);
    else wire = context.value(step.operator.id, inputs, step.attributes);
  });
}

/** Over all axes where the list is empty; a scalar has none. */
function write(context: WriteContext, op: string): void {
  const x = context.inputs['x'] as OnnxValue;
  const { dim, keepdim } = context.attributes as { readonly dim: readonly number[]; readonly keepdim: boolean };
  reduce(context, op, x, { keepdims: keepdim, port: 'y', ...(dim.length > 0 ? { axes: dim } : {}) });
}

export const reduceForms: readonly OnnxForm[] = reductions.map((reduction) => ({
  op: reduction.op,
  read: (context) => read(context, reduction),
  ...(reduction.after ? {} : { write: { [reduction.operator.id]: (context) => write(context, reduction.op) } }),
}));
