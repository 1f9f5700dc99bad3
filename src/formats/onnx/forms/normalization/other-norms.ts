// LRN, MeanVarianceNormalization, LpNormalization.
import { localResponseNorm } from '../../../../operators/normalization/local-response-norm.ts';
import type { OnnxForm } from '../../onnx-form.ts';
import { float, int } from '../../writing/write-context.ts';

const lrn: OnnxForm = {
  op: 'LRN',
  read(context) {
    context.result(
      localResponseNorm.id,
      { x: context.wire(0) },
      {
        size: context.int('size') ?? context.fail('it has no size'),
        alpha: context.float('alpha', 1e-4),
        beta: context.float('beta', 0.75),
        k: context.float('bias', 1),
      },
    );
  },
  write: {
    [localResponseNorm.id]({ inputs, attributes, result }) {
      const number = (name: string) => float(Number(attributes[name]));
      const size = int(Number(attributes['size']));
      result('LRN', [inputs['x']], { size, alpha: number('alpha'), beta: number('beta'), bias: number('k') });
    },
  },
};

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
