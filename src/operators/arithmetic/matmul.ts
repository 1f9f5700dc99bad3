// matmul: matrix product, batched.               Formula  y = a·b
// Shapes  a f32[…, m, k]  b f32[…, k, n]  y f32[…, m, n]; the leading dimensions broadcast; a rank-1 a is a row, a rank-1 b a column,
//         and that dimension leaves y            Gradient  da = dy·bᵀ, db = aᵀ·dy, each summed over what broadcasting repeated
// Errors  E_INNER  E_BROADCAST
// Source  PyTorch matmul, ONNX MatMul-13         Cost  2·…·m·n·k flops
import { z } from 'zod';
import { type Operand, permuteAxes, type Ref } from '../../program/access.ts';
import type { Emitter } from '../../program/emitter.ts';
import { broadcastShapes, formatShape, numel, type Shape } from '../../tensor/shape.ts';
import { defineOperator } from '../define-operator.ts';
import { broadcastIndex } from '../support/broadcast.ts';
import { explainSum, factorOf } from '../support/explain.ts';
import { shaped } from '../support/shaped.ts';
import { oneOutput } from '../support/unary.ts';

/** Sizes with rank-1 operands written as matrices; null batch: it does not broadcast. */
function sizesOf(a: Shape, b: Shape) {
  const left = a.length === 1 ? [1, ...a] : a;
  const right = b.length === 1 ? [...b, 1] : b;
  const batch = broadcastShapes(left.slice(0, -2), right.slice(0, -2));
  const [m, k] = left.slice(-2) as [number, number];
  const n = right.at(-1) as number;
  return { left, right, batch, m, k, n, inner: right.at(-2) as number };
}

function transposed(operand: Operand): Operand {
  const rank = operand.shape.length;
  return permuteAxes(operand, [...operand.shape.keys()].toSpliced(rank - 2, 2, rank - 1, rank - 2));
}

/** […, m, k] as one tall matrix: fewer and larger products when the other operand is a single matrix. */
function tall(emit: Emitter, x: Ref): Ref {
  return shaped(emit, x, [numel(x.shape.slice(0, -1)), x.shape.at(-1) as number]);
}

export const matmul = defineOperator({
  id: 'matmul',
  family: 'arithmetic',
  title: 'Matrix product',
  summary: 'Multiplies matrices, over batches if there are leading dimensions.',
  formula: 'y_{ij} = \\sum_k a_{ik} b_{kj}',
  gradientFormula: 'da = dy\\, b^\\top, \\quad db = a^\\top dy',
  gradientNote: 'Each summed over what broadcasting repeated.',
  shapes: { a: '[…, m, k] or [k]', b: '[…, k, n] or [k]', y: '[…, m, n]; the leading dimensions broadcast' },
  source: 'PyTorch torch.matmul; ONNX MatMul',
  keywords: ['matrix', 'dot', 'bmm', 'mm', 'gemm', '@'],
  inputs: { a: { title: 'A', rank: [1, 8] }, b: { title: 'B', rank: [1, 8] } },
  parameters: {},
  outputs: oneOutput,
  attributes: z.strictObject({}),
  traits: {},
  gradientFlow: 'weighs',
  infer({ inputs: { a, b }, source, fail }) {
    const { batch, m, k, n, inner } = sizesOf(a.shape, b.shape);
    const both = `${formatShape(a.shape)} from ${source('a')} times ${formatShape(b.shape)} from ${source('b')}`;
    if (k !== inner) {
      const turned = sizesOf(a.shape, [...b.shape.slice(0, -2), ...b.shape.slice(-2).reverse()]).inner === k;
      return fail('E_INNER', { port: 'b' }, `${both}: a row of a has ${k} elements, a column of b ${inner}`, {
        ...(turned && b.shape.length > 1 ? { hint: 'Transposing the last two dimensions of b would fit.' } : {}),
      });
    }
    if (!batch) return fail('E_BROADCAST', { port: 'b' }, `${both}: the leading dimensions do not broadcast`);
    const rows = a.shape.length === 1 ? [] : [m];
    const columns = b.shape.length === 1 ? [] : [n];
    return { outputs: { y: { dtype: 'float32', shape: [...batch, ...rows, ...columns] } } };
  },
  forward({ emit, inputs, outputs }) {
    const { left, right } = sizesOf(inputs.a.shape, inputs.b.shape);
    const a = shaped(emit, inputs.a, left);
    const b = shaped(emit, inputs.b, right);
    const y = emit.gemm({ a: right.length === 2 ? tall(emit, a) : a, b });
    return { outputs: { y: emit.view(y, outputs.y.shape) } };
  },
  gradient({ emit, inputs, cotangents, needs }) {
    const { left, right, batch, m, n } = sizesOf(inputs.a.shape, inputs.b.shape);
    const a = shaped(emit, inputs.a, left);
    const b = shaped(emit, inputs.b, right);
    const dy = shaped(emit, cotangents.y, [...(batch as Shape), m, n]);
    const single = right.length === 2;
    const gradients: { a?: Ref; b?: Ref } = {};
    if (needs('a')) {
      const da = emit.gemm({ a: single ? tall(emit, dy) : dy, b: transposed(b) });
      gradients.a = emit.view(single ? da : emit.sumTo(da, left), inputs.a.shape);
    }
    if (needs('b')) {
      const db = single
        ? emit.gemm({ a: transposed(tall(emit, a)), b: tall(emit, dy) })
        : emit.sumTo(emit.gemm({ a: transposed(a), b: dy }), right);
      gradients.b = emit.view(db, inputs.b.shape);
    }
    return gradients;
  },
  reference({ inputs: { a, b }, outputs }) {
    const { k } = sizesOf(a.shape, b.shape);
    const y = new Float64Array(numel(outputs.y.shape));
    for (let i = 0; i < y.length; i++) {
      const at = productIndices(a.shape, b.shape, i);
      for (let j = 0; j < k; j++) y[i]! += a.data[at.a + j]! * b.data[at.b + j * at.step]!;
    }
    return { y };
  },
  explain({ inputs: { a, b }, index }) {
    const { k } = sizesOf(a.shape, b.shape);
    const at = productIndices(a.shape, b.shape, index);
    const terms = Array.from({ length: k }, (_, j) => {
      const factors = [factorOf('a', a, at.a + j), factorOf('b', b, at.b + j * at.step)] as const;
      return { value: factors[0].value * factors[1].value, factors };
    });
    return explainSum(terms, 'Σ a·b');
  },
  flops: ({ inputs: { a, b }, outputs }) => 2 * numel(outputs.y.shape) * sizesOf(a.shape, b.shape).k,
  onnx: { op: 'MatMul' },
  pytorch: 'torch.matmul',
  samples: [
    { inputs: { a: [3, 4], b: [4, 2] } },
    { inputs: { a: [2, 3, 4], b: [4, 2] } },
    { inputs: { a: [3, 4], b: [2, 4, 2] } },
    { inputs: { a: [2, 1, 2, 3], b: [3, 3, 2] } },
    { inputs: { a: [3], b: [3] } },
    { inputs: { a: [3], b: [2, 3, 2] } },
    { inputs: { a: [2, 3, 4], b: [4] } },
  ],
});

/** Where the row of a and the column of b start that make element `index`, and the column's step. */
function productIndices(aShape: Shape, bShape: Shape, index: number) {
  const { left, right, batch, m, k, n } = sizesOf(aShape, bShape);
  const [item, row, column] = [Math.floor(index / (m * n)), Math.floor(index / n) % m, index % n];
  const a = broadcastIndex(item, left.slice(0, -2), batch as Shape) * m * k + row * k;
  const b = broadcastIndex(item, right.slice(0, -2), batch as Shape) * k * n + column;
  return { a, b, step: n };
}
