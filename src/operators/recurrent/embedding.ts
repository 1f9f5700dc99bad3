// embedding: row x of a table.                   Formula  y[…, d] = weight[x[…], d]
// Shapes  x int32 any  weight f32[num_embeddings, D]  y f32[…, D]
// Gradient  dweight[r] = Σ of dy where x = r (repeats add up); 0 for the row padding_idx. A number outside the table reads NaN,
// so that the debugger sees it, and gets no gradient.
// Source  PyTorch embedding, ONNX Gather-13      Cost  a copy an element
import { z } from 'zod';
import { numel } from '../../tensor/shape.ts';
import { defineOperator } from '../define-operator.ts';

export const embedding = defineOperator({
  id: 'embedding',
  family: 'recurrent',
  title: 'Embedding',
  summary: 'Looks up one learned vector for each word, character or class number.',
  formula: 'y_{\\dots,d} = W_{x_{\\dots},\\,d}',
  gradientFormula: 'dW_{r,d} = \\sum_{i:\\, x_i = r} dy_{i,d}',
  gradientNote: '0 for the row `padding_idx`; repeated numbers add up.',
  shapes: { x: 'any', weight: '[num_embeddings, D]', y: 'x’s shape, then D' },
  source: 'PyTorch torch.nn.functional.embedding; ONNX Gather',
  keywords: ['lookup', 'table', 'word vector', 'token', 'gather'],
  inputs: { x: { title: 'Numbers', dtype: 'int32' } },
  parameters: { weight: { title: 'Table' } },
  outputs: { y: { title: 'Vectors' } },
  attributes: z.strictObject({
    num_embeddings: z
      .int()
      .min(1)
      .max(10_000_000)
      .default(64)
      .meta({ title: 'Rows', description: 'Numbers run from 0 to one less' }),
    embedding_dim: z.int().min(1).max(1_000_000).default(32).meta({ title: 'Length of a vector' }),
    padding_idx: z.int().min(0).optional().meta({ title: 'Padding row', description: 'A row that is never trained' }),
  }),
  traits: {},
  infer({ inputs, attributes: a, fail }) {
    if (a.padding_idx !== undefined && a.padding_idx >= a.num_embeddings) {
      const fixes = [{ kind: 'unset_attribute' as const, title: 'Train every row', attribute: 'padding_idx' }];
      return fail(
        'E_RANGE',
        { attribute: 'padding_idx' },
        `row ${a.padding_idx} is outside the table: rows run from 0 to ${a.num_embeddings - 1}`,
        { fixes },
      );
    }
    return {
      outputs: { y: { dtype: 'float32', shape: [...inputs.x.shape, a.embedding_dim] } },
      parameters: {
        weight: {
          shape: [a.num_embeddings, a.embedding_dim],
          init: { kind: 'normal', mean: 0, std: 1 },
          fan: [a.num_embeddings, a.embedding_dim],
        },
      },
    };
  },
  forward: ({ emit, inputs }) => ({ outputs: { y: emit.gather(inputs.weight, 0, inputs.x) } }),
  gradient({ emit, inputs, attributes: a, cotangents, needs }) {
    if (!needs('weight')) return {};
    const all = emit.scatterAdd(cotangents.y, 0, inputs.x, inputs.weight.shape);
    const padding = a.padding_idx;
    if (padding === undefined) return { weight: all };
    return {
      weight: emit.map([all], (e, d) => e.select(e.eq(e.coordinate(0), e.constant(padding)), e.constant(0), d)),
    };
  },
  reference({ inputs, outputs }) {
    const [rows, length] = inputs.weight.shape as [number, number];
    const y = new Float64Array(numel(outputs.y.shape));
    for (let i = 0; i < y.length; i++) {
      const row = inputs.x.data[Math.floor(i / length)] as number;
      y[i] = row >= 0 && row < rows ? (inputs.weight.data[row * length + (i % length)] as number) : Number.NaN;
    }
    return { y };
  },
  explain({ inputs, index }) {
    const [rows, length] = inputs.weight.shape as [number, number];
    const at = Math.floor(index / length);
    const row = inputs.x.data[at] as number;
    const from = { port: 'x', index: at, value: row };
    if (row < 0 || row >= rows) {
      const text = `row ${row} is outside the table: rows run from 0 to ${rows - 1}`;
      return { by: 'function', terms: [{ value: Number.NaN, factors: [from] }], result: Number.NaN, text };
    }
    const column = index % length;
    const result = inputs.weight.data[row * length + column] as number;
    const factors = [from, { port: 'weight', index: row * length + column, value: result }];
    return {
      by: 'function',
      terms: [{ value: result, factors }],
      result,
      text: `row ${row}, column ${column} of the table = ${result}`,
    };
  },
  flops: ({ outputs }) => numel(outputs.y.shape),
  onnx: { op: 'Gather' },
  pytorch: 'torch.nn.functional.embedding',
  samples: [
    { attributes: { num_embeddings: 4, embedding_dim: 3 }, inputs: { x: { shape: [2, 5], below: 4 } } },
    { attributes: { num_embeddings: 3, embedding_dim: 2 }, inputs: { x: { shape: [], below: 3 } } },
    { attributes: { num_embeddings: 2, embedding_dim: 1 }, inputs: { x: { shape: [3, 1, 2], below: 2 } } },
  ],
});
