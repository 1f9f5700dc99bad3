// adaptive_avg_pool2d: means over a given number of bins.  Formula  y[n,c,i,j] = mean of x[n,c, ⌊iH/H'⌋ … ⌈(i+1)H/H'⌉−1, likewise j]
// Shapes  x f32[N,C,H,W]  y f32[N,C,H',W']       bins overlap where the sizes do not divide
// Errors  E_EMPTY                                Gradient  dx: every bin hands dy over its number of elements to each of them
// Source  PyTorch adaptive_avg_pool2d            Cost  one multiplication by a matrix of ones and zeros for each axis
import { z } from 'zod';
import { insertAxis, permuteAxes, type Ref } from '../../program/access.ts';
import type { Emitter } from '../../program/emitter.ts';
import { numel, type Shape } from '../../tensor/shape.ts';
import { pairOf, pairSchema } from '../convolution/window.ts';
import { defineOperator } from '../define-operator.ts';
import { coordinatesOf, flatIndex } from '../support/axes.ts';
import { factorOf, say } from '../support/explain.ts';
import { oneOutput } from '../support/unary.ts';

interface Bin {
  readonly start: number;
  readonly end: number;
}

function binsOf(input: number, output: number): Bin[] {
  return Array.from({ length: output }, (_, i) => ({
    start: Math.floor((i * input) / output),
    end: Math.ceil(((i + 1) * input) / output),
  }));
}

/** [bins, input]: 1 where a bin holds an element. */
function membership(emit: Emitter, bins: readonly Bin[], input: number): Ref {
  const ones = bins.flatMap(({ start, end }) =>
    Array.from({ length: input }, (_, k) => (k >= start && k < end ? 1 : 0)),
  );
  return emit.constant([bins.length, input], ones);
}

function matricesOf(emit: Emitter, x: Shape, y: Shape) {
  const [rows, columns] = [2, 3].map((axis) => binsOf(x[axis] as number, y[axis] as number)) as [Bin[], Bin[]];
  const sizes = (bins: readonly Bin[]) =>
    emit.constant(
      [bins.length],
      bins.map(({ start, end }) => end - start),
    );
  return {
    rows: membership(emit, rows, x[2] as number),
    columns: membership(emit, columns, x[3] as number),
    heights: insertAxis(sizes(rows), 1),
    widths: sizes(columns),
  };
}

/** Flat indices in x of the elements that make element `index` of y. */
function elementsOf(x: Shape, y: Shape, index: number): number[] {
  const at = coordinatesOf(index, y);
  const [rows, columns] = [2, 3].map((axis) => binsOf(x[axis] as number, y[axis] as number)[at[axis] as number]) as [
    Bin,
    Bin,
  ];
  const found: number[] = [];
  for (let i = rows.start; i < rows.end; i++) {
    for (let j = columns.start; j < columns.end; j++)
      found.push(flatIndex([at[0] as number, at[1] as number, i, j], x));
  }
  return found;
}

export const adaptiveAvgPool2d = defineOperator({
  id: 'adaptive_avg_pool2d',
  family: 'pooling',
  title: 'Adaptive average pool 2D',
  summary: 'Averages an image into a fixed number of bins, whatever its size.',
  formula:
    "y_{n,c,i,j} = \\operatorname{mean}\\; x_{n,c,\\,\\lfloor iH/H'\\rfloor:\\lceil (i+1)H/H'\\rceil,\\,\\lfloor jW/W'\\rfloor:\\lceil (j+1)W/W'\\rceil}",
  gradientFormula:
    'dx_{n,c,p} = \\sum_{(i,j):\\, p \\in \\mathrm{bin}_{ij}} \\frac{dy_{n,c,i,j}}{|\\mathrm{bin}_{ij}|}',
  shapes: { x: '[N, C, H, W]', y: '[N, C, H′, W′], the output size' },
  source: 'PyTorch torch.nn.functional.adaptive_avg_pool2d',
  keywords: ['pooling', 'mean', 'bins', 'spatial pyramid'],
  inputs: { x: { title: 'Input', rank: 4 } },
  parameters: {},
  outputs: oneOutput,
  attributes: z.strictObject({
    output_size: pairSchema
      .default(1)
      .meta({ title: 'Output size', unit: 'px', description: 'One number or [height, width]' }),
  }),
  traits: {},
  gradientFlow: 'averages',
  infer({ inputs, attributes, fail }) {
    const [batch, channels, height, width] = inputs.x.shape as [number, number, number, number];
    if (height * width === 0) return fail('E_EMPTY', { port: 'x' }, `has no pixels to average: ${height}·${width} = 0`);
    return { outputs: { y: { dtype: 'float32', shape: [batch, channels, ...pairOf(attributes.output_size)] } } };
  },
  forward({ emit, inputs: { x }, outputs }) {
    const { rows, columns, heights, widths } = matricesOf(emit, x.shape, outputs.y.shape);
    const sums = emit.gemm({ a: rows, b: x });
    const epilogue = {
      operands: [heights, widths],
      value: (e, sum, h, w) => e.div(sum, e.mul(h, w)),
    } satisfies Parameters<Emitter['gemm']>[0]['epilogue'];
    return { outputs: { y: emit.gemm({ a: sums, b: permuteAxes(columns, [1, 0]), epilogue }) } };
  },
  gradient({ emit, inputs: { x }, cotangents }) {
    const { rows, columns, heights, widths } = matricesOf(emit, x.shape, cotangents.y.shape);
    const share = emit.map([cotangents.y, heights, widths], (e, dy, h, w) => e.div(dy, e.mul(h, w)));
    return { x: emit.gemm({ a: emit.gemm({ a: permuteAxes(rows, [1, 0]), b: share }), b: columns }) };
  },
  reference({ inputs: { x }, outputs }) {
    const y = Float64Array.from({ length: numel(outputs.y.shape) }, (_, index) => {
      const elements = elementsOf(x.shape, outputs.y.shape, index);
      return elements.reduce((sum, at) => sum + (x.data[at] as number), 0) / elements.length;
    });
    return { y };
  },
  explain({ inputs: { x }, outputs, index }) {
    const terms = elementsOf(x.shape, outputs.y.shape, index).map((at) => {
      const factor = factorOf('x', x, at);
      return { value: factor.value, factors: [factor] };
    });
    const result = terms.reduce((sum, term) => sum + term.value, 0) / terms.length;
    return { by: 'mean', terms, result, text: `mean of ${terms.length} = ${say(result)}` };
  },
  flops({ inputs: { x }, outputs }) {
    const [planes, height, width] = [numel(x.shape.slice(0, 2)), x.shape[2] as number, x.shape[3] as number];
    const [rows, columns] = outputs.y.shape.slice(2) as [number, number];
    return planes * (2 * rows * height * width + 2 * rows * width * columns + rows * columns);
  },
  onnx: null,
  pytorch: 'torch.nn.functional.adaptive_avg_pool2d',
  samples: [
    { attributes: { output_size: [3, 2] }, inputs: { x: [2, 2, 5, 4] } },
    { attributes: { output_size: 4 }, inputs: { x: [1, 2, 3, 4] } },
    { inputs: { x: [2, 1, 3, 2] } },
  ],
});
