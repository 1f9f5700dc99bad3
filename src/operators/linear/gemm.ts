// gemm: matrix product, scaled and added to.     Formula  y = α·A·B + β·C, A and B transposed on request
// Shapes  a f32[M,K] (or [K,M])  b f32[K,N] (or [N,K])  c broadcast to [M,N], may be left out  y f32[M,N]
// Errors  E_INNER  E_BROADCAST                   Gradient  dA = α·dy·Bᵀ, dB = α·Aᵀ·dy (transposed alike), dC = β·dy, summed over what broadcasting repeated
// Source  ONNX Gemm-13, PyTorch addmm            Cost  2·M·N·K flops
import { z } from 'zod';
import { type Operand, permuteAxes, type Ref } from '../../program/access.ts';
import type { Emitter, EpilogueOptions } from '../../program/emitter.ts';
import { broadcastShapes, formatShape, numel, type Shape, sameShape } from '../../tensor/shape.ts';
import { defineOperator } from '../define-operator.ts';
import { broadcastIndex, mapSummedTo } from '../support/broadcast.ts';
import { explainSum, factorOf } from '../support/explain.ts';
import { oneOutput } from '../support/unary.ts';

const attributes = z.strictObject({
  trans_a: z.boolean().default(false).meta({ title: 'Transpose A' }),
  trans_b: z.boolean().default(false).meta({ title: 'Transpose B' }),
  alpha: z.number().default(1).meta({ title: 'α', description: 'Factor of the product' }),
  beta: z.number().default(1).meta({ title: 'β', description: 'Factor of C' }),
});
type Attributes = z.output<typeof attributes>;

function turned(operand: Operand, turn: boolean): Operand {
  return turn ? permuteAxes(operand, [1, 0]) : operand;
}

/** M, N and both inner sizes. */
function sizesOf({ trans_a: ta, trans_b: tb }: Attributes, a: Shape, b: Shape) {
  const [m, k] = (ta ? [a[1], a[0]] : a) as [number, number];
  const [inner, n] = (tb ? [b[1], b[0]] : b) as [number, number];
  return { m, n, k, inner };
}

/** α·left·right */
function product(emit: Emitter, left: Operand, right: Operand, alpha: number): Ref {
  const epilogue: EpilogueOptions = { operands: [], value: (e, sum) => e.mul(sum, e.constant(alpha)) };
  return emit.gemm({ a: left, b: right, ...(alpha === 1 ? {} : { epilogue }) });
}

export const gemm = defineOperator({
  id: 'gemm',
  family: 'linear',
  title: 'Gemm',
  summary: 'A matrix product with everything around it: transposes, factors and a summand.',
  formula: 'y = \\alpha A B + \\beta C',
  gradientFormula: 'dA = \\alpha\\, dy\\, B^\\top, \\quad dB = \\alpha\\, A^\\top dy, \\quad dC = \\beta\\, dy',
  gradientNote: 'DA and dB transposed as A and B are; dC summed over what broadcasting repeated.',
  shapes: {
    a: '[M, K], with `trans_a` [K, M]',
    b: '[K, N], with `trans_b` [N, K]',
    c: 'broadcast to [M, N]',
    y: '[M, N]',
  },
  source: 'ONNX Gemm; PyTorch torch.addmm',
  keywords: ['matrix product', 'addmm', 'blas', 'affine'],
  inputs: {
    a: { title: 'A', rank: 2 },
    b: { title: 'B', rank: 2 },
    c: { title: 'C', rank: [0, 2], optional: true },
  },
  parameters: {},
  outputs: oneOutput,
  attributes,
  traits: {},
  gradientFlow: 'weighs',
  infer({ inputs: { a, b, c }, attributes: given, source, fail }) {
    const { m, n, k, inner } = sizesOf(given, a.shape, b.shape);
    if (k !== inner) {
      const shapes = `${formatShape(a.shape)} from ${source('a')} times ${formatShape(b.shape)} from ${source('b')}`;
      const turns = [given.trans_a ? 'A transposed' : '', given.trans_b ? 'B transposed' : ''].filter((text) => text);
      const message = `${shapes}${turns.length ? ` (${turns.join(', ')})` : ''}: inner sizes ${k} and ${inner} differ`;
      return fail('E_INNER', { port: 'b' }, message);
    }
    const shape = [m, n];
    if (c && !sameShape(broadcastShapes(c.shape, shape) ?? [], shape)) {
      const message = `${formatShape(c.shape)} from ${source('c')} does not broadcast to ${formatShape(shape)}`;
      return fail('E_BROADCAST', { port: 'c' }, message);
    }
    return { outputs: { y: { dtype: 'float32', shape } } };
  },
  forward({ emit, inputs: { a, b, c }, attributes: { trans_a: ta, trans_b: tb, alpha, beta } }) {
    if (!c) return { outputs: { y: product(emit, turned(a, ta), turned(b, tb), alpha) } };
    const epilogue: EpilogueOptions = {
      operands: [c],
      value: (e, sum, summand) => e.add(e.mul(sum, e.constant(alpha)), e.mul(summand, e.constant(beta))),
    };
    return { outputs: { y: emit.gemm({ a: turned(a, ta), b: turned(b, tb), epilogue }) } };
  },
  gradient({ emit, inputs: { a, b, c }, attributes: { trans_a: ta, trans_b: tb, alpha, beta }, cotangents, needs }) {
    const dy = cotangents.y;
    // Of a transposed operand the gradient is the transposed product: (dy·Bᵀ)ᵀ = B·dyᵀ.
    const da = () =>
      ta ? product(emit, turned(b, tb), turned(dy, true), alpha) : product(emit, dy, turned(b, !tb), alpha);
    const db = () =>
      tb ? product(emit, turned(dy, true), turned(a, ta), alpha) : product(emit, turned(a, !ta), dy, alpha);
    return {
      a: needs('a') ? da() : undefined,
      b: needs('b') ? db() : undefined,
      c: c && needs('c') ? mapSummedTo(emit, [dy], (e, d) => e.mul(d, e.constant(beta)), c.shape) : undefined,
    };
  },
  reference({ inputs: { a, b, c }, attributes: given, outputs }) {
    const y = new Float64Array(numel(outputs.y.shape));
    for (let i = 0; i < y.length; i++) {
      let sum = 0;
      for (const at of placesOf(given, a.shape, b.shape, i)) sum += (a.data[at.a] as number) * (b.data[at.b] as number);
      const summand = c ? (c.data[broadcastIndex(i, c.shape, outputs.y.shape)] as number) : 0;
      y[i] = given.alpha * sum + given.beta * summand;
    }
    return { y };
  },
  explain({ inputs: { a, b, c }, attributes: given, outputs, index }) {
    const terms = placesOf(given, a.shape, b.shape, index).map((at) => {
      const factors = [factorOf('a', a, at.a), factorOf('b', b, at.b)] as const;
      return { value: given.alpha * factors[0].value * factors[1].value, factors: [...factors] };
    });
    const count = terms.length;
    if (c) {
      const factor = factorOf('c', c, broadcastIndex(index, c.shape, outputs.y.shape));
      terms.push({ value: given.beta * factor.value, factors: [factor] });
    }
    return explainSum(terms, `α·Σ a·b over ${count}${c ? ' + β·c' : ''}`);
  },
  flops: ({ inputs, outputs }) => 2 * numel(outputs.y.shape) * (numel(inputs.a.shape) / (outputs.y.shape[0] as number)),
  onnx: { op: 'Gemm', attributes: { trans_a: 'transA', trans_b: 'transB', alpha: 'alpha', beta: 'beta' } },
  pytorch: 'torch.addmm',
  samples: [
    { inputs: { a: [2, 3], b: [3, 4], c: [4] } },
    { attributes: { trans_a: true, alpha: 0.5, beta: 0.25 }, inputs: { a: [3, 2], b: [3, 4], c: [2, 1] } },
    { attributes: { trans_b: true, alpha: 2 }, inputs: { a: [2, 3], b: [4, 3] } },
    { attributes: { trans_a: true, trans_b: true }, inputs: { a: [3, 2], b: [4, 3], c: [] } },
  ],
});

/** Positions of the pairs whose products make element `index` of A·B. */
function placesOf(given: Attributes, a: Shape, b: Shape, index: number): { readonly a: number; readonly b: number }[] {
  const { m, n, k } = sizesOf(given, a, b);
  const [row, column] = [Math.floor(index / n), index % n];
  return Array.from({ length: k }, (_, i) => ({
    a: given.trans_a ? i * m + row : row * k + i,
    b: given.trans_b ? column * k + i : i * n + column,
  }));
}
