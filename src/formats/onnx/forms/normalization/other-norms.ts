// LRN, MeanVarianceNormalization, LpNormalization.
import { localResponseNorm } from '../../../../operators/normalization/local-response-norm.ts';
import type { OnnxForm } from '../../onnx-form.ts';
import { arithmetic, reshape } from '../../writing/arithmetic.ts';
import { float, int, ints, type OnnxValue, type WriteContext } from '../../writing/write-context.ts';

const lrn: OnnxForm = {
  op: 'LRN',
  read(context) {
    const size = context.int('size') ?? context.fail('it has no size');
    const attributes = {
      size,
      alpha: context.float('alpha', 1e-4),
      beta: context.float('beta', 0.75),
      k: context.float('bias', 1),
    };
    // Of an even number ONNX sees one channel more behind, we one more in front.
    const leans = size % 2 === 0;
    if (!leans) {
      context.result(localResponseNorm.id, { x: context.wire(0) }, attributes);
      return;
    }
    const turn = { starts: [-1], ends: [-0x7fff_ffff], dims: [1], steps: [-1] };
    const turned = context.value('slice', { x: context.wire(0) }, turn);
    context.result('slice', { x: context.value(localResponseNorm.id, { x: turned }, attributes) }, turn);
  },
  write: { [localResponseNorm.id]: writeLrn },
};

/** onnxruntime has it for pictures and odd numbers of channels; the rest as a pool over channels. */
function writeLrn(context: WriteContext): void {
  const x = context.inputs['x'] as OnnxValue;
  const { size, alpha, beta, k } = context.attributes as Readonly<Record<'size' | 'alpha' | 'beta' | 'k', number>>;
  if (x.shape.length === 4 && size % 2 === 1) {
    context.result('LRN', [x], { size: int(size), alpha: float(alpha), beta: float(beta), bias: float(k) });
    return;
  }
  const a = arithmetic(context);
  const [batch = 1, channels = 1, ...plane] = x.sizes;
  const area = plane.reduce<number>((product, each) => product * Number(each), 1);
  const picture = [batch, 1, channels, area];
  const squares = reshape(context, a.mul(x, x), x.sizes, picture);
  const means = context.value('AveragePool', [squares], {
    kernel_shape: ints([size, 1]),
    pads: ints([Math.floor(size / 2), 0, Math.floor((size - 1) / 2), 0]),
    count_include_pad: int(1),
  });
  const bracket = a.add(a.mul(reshape(context, means, picture, x.sizes), a.number(alpha)), a.number(k));
  context.result('Div', [x, context.value('Pow', [bracket, a.number(beta)])]);
}

const meanVariance: OnnxForm = {
  op: 'MeanVarianceNormalization',
  read(context) {
    const over = { dim: context.ints('axes') ?? [0, 2, 3], keepdim: true };
    const x = context.wire(0);
    const centred = context.value('sub', { a: x, b: context.value('mean', { x }, over) });
    const variance = context.value('mean', { x: context.value('square', { x: centred }) }, over);
    // The specification's own guard against 0.
    const spread = context.value('add', { a: context.value('sqrt', { x: variance }), b: context.number(1e-9) });
    context.result('div', { a: centred, b: spread });
  },
};

const lp: OnnxForm = {
  op: 'LpNormalization',
  read(context) {
    const p = context.int('p', 2);
    if (p !== 1 && p !== 2) context.fail(`the norm of order ${p} is not supported`);
    const x = context.wire(0);
    const over = { dim: [context.int('axis', -1)], keepdim: true };
    const norm = context.value(p === 1 ? 'l1_norm' : 'l2_norm', { x }, over);
    // Where all numbers are 0 the result is 0.
    const zero = context.value('equal', { a: norm, b: context.number(0) });
    const divisor = context.value('where', { condition: zero, a: context.number(1), b: norm });
    context.result('div', { a: x, b: divisor });
  },
};

export const otherNormForms: readonly OnnxForm[] = [lrn, meanVariance, lp];
