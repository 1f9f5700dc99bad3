// local_response_norm: channels dampen their neighbours.  Formula  y[c] = x[c] / (k + α/n · Σ x[c']²)^β over the n channels around c
// Shapes  x f32[N,C,…]  y as x                   c' from c − ⌊n/2⌋ to c + ⌊(n−1)/2⌋, inside 0 … C−1
// Gradient  dx[c] = dy[c]·b[c]^(−β) − 2αβ/n · x[c] · Σ dy[c']·x[c']·b[c']^(−β−1) over the windows that see c; b: the bracket
// Source  Krizhevsky et al. 2012; PyTorch local_response_norm, ONNX LRN-13 (where an even n leans the other way)
// Cost    n + 4 flops an element
import { z } from 'zod';
import type { Ref } from '../../program/access.ts';
import type { Pool2dGeometry } from '../../program/kernel-spec.ts';
import { numel, type Shape } from '../../tensor/shape.ts';
import { defineOperator, type ReferenceTensor } from '../define-operator.ts';
import { factorOf, say } from '../support/explain.ts';
import { shaped } from '../support/shaped.ts';
import { flopsPerElement, oneOutput } from '../support/unary.ts';

const attributes = z.strictObject({
  size: z.int().min(1).max(4096).default(5).meta({ title: 'Channels n', description: 'Of one neighbourhood' }),
  alpha: z.number().min(0).default(1e-4).meta({ title: 'α' }),
  beta: z.number().default(0.75).meta({ title: 'β' }),
  k: z.number().gt(0).default(1).meta({ title: 'k' }),
});
type Attributes = z.output<typeof attributes>;

/** Channels as rows of a picture [N, 1, C, S], whose windows are n rows high. */
function geometryOf({ size }: Attributes, x: Shape): Pool2dGeometry {
  const plane = [x[1] as number, numel(x.slice(2))] as const;
  return {
    planes: x[0] as number,
    inSize: plane,
    outSize: plane,
    kernel: [size, 1],
    stride: [1, 1],
    padding: [Math.floor(size / 2), 0, Math.floor((size - 1) / 2), 0],
    dilation: [1, 1],
  };
}

function pictureOf(x: Shape): Shape {
  return [x[0] as number, 1, x[1] as number, numel(x.slice(2))];
}

/** Flat indices of the neighbours of element `index`, and the bracket k + α/n · Σ x². */
function bracketOf(x: ReferenceTensor, { size, alpha, k }: Attributes, index: number) {
  const inner = numel(x.shape.slice(2));
  const channels = x.shape[1] as number;
  const own = Math.floor(index / inner) % channels;
  const around = Array.from({ length: size }, (_, i) => i - Math.floor(size / 2))
    .filter((step) => own + step >= 0 && own + step < channels)
    .map((step) => index + step * inner);
  const sum = around.reduce((total, at) => total + (x.data[at] as number) ** 2, 0);
  return { around, value: k + (alpha / size) * sum };
}

export const localResponseNorm = defineOperator({
  id: 'local_response_norm',
  family: 'normalization',
  title: 'Local response norm',
  summary: 'Divides every number by the strength of neighbouring channels at the same place, as in AlexNet.',
  formula: "y_c = x_c \\Big/ \\Big(k + \\frac{\\alpha}{n} \\sum_{c'} x_{c'}^2\\Big)^{\\beta}",
  gradientFormula:
    "dx_c = dy_c\\, b_c^{-\\beta} - \\frac{2 \\alpha \\beta}{n}\\, x_c \\sum_{c'} dy_{c'}\\, x_{c'}\\, b_{c'}^{-\\beta-1}, \\quad b_c = k + \\frac{\\alpha}{n} \\sum_{c'} x_{c'}^2",
  gradientNote: 'The sum runs over the windows that see c.',
  shapes: { x: '[N, C, …]', y: 'as x' },
  source: 'Krizhevsky et al. 2012 (AlexNet); PyTorch torch.nn.functional.local_response_norm; ONNX LRN',
  keywords: ['lrn', 'alexnet', 'lateral inhibition', 'normalization'],
  inputs: { x: { title: 'Input', rank: [2, 8] } },
  parameters: {},
  outputs: oneOutput,
  attributes,
  traits: {},
  gradientFlow: 'normalizes',
  infer: ({ inputs: { x } }) => ({ outputs: { y: x } }),
  forward({ emit, inputs: { x }, attributes: a }) {
    const seen = shaped(emit, x, pictureOf(x.shape));
    const squares = emit.map([seen], (e, v) => e.mul(v, v));
    const means = emit.avgPool2d(geometryOf(a, x.shape), 'forward', squares, seen.shape, true);
    const [y, bracket] = emit.mapMany([seen, means], (e, v, mean) => {
      const base = e.add(e.constant(a.k), e.mul(mean, e.constant(a.alpha)));
      return [e.mul(v, e.pow(base, e.constant(-a.beta))), base];
    }) as [Ref, Ref];
    return { outputs: { y: shaped(emit, y, x.shape) }, saved: { bracket } };
  },
  gradient({ emit, inputs: { x }, attributes: a, cotangents, saved }) {
    const [seen, dy] = [shaped(emit, x, pictureOf(x.shape)), shaped(emit, cotangents.y, pictureOf(x.shape))];
    const bracket = saved('bracket');
    const pull = emit.map([dy, seen, bracket], (e, d, v, base) =>
      e.mul(e.mul(d, v), e.pow(base, e.constant(-a.beta - 1))),
    );
    const pulled = emit.avgPool2d(geometryOf(a, x.shape), 'backward', pull, seen.shape, true);
    const dx = emit.map([dy, seen, bracket, pulled], (e, d, v, base, back) =>
      e.sub(e.mul(d, e.pow(base, e.constant(-a.beta))), e.mul(e.mul(v, back), e.constant(2 * a.alpha * a.beta))),
    );
    return { x: shaped(emit, dx, x.shape) };
  },
  reference: ({ inputs: { x }, attributes: a }) => ({
    y: x.data.map((value, i) => value / bracketOf(x, a, i).value ** a.beta),
  }),
  explain({ inputs: { x }, attributes: a, index }) {
    const { around, value } = bracketOf(x, a, index);
    const own = x.data[index] as number;
    const result = own / value ** a.beta;
    const factors = around.map((at) => factorOf('x', x, at));
    const text = `${say(own)} / ${say(value)}^${a.beta}, over ${around.length} channels, = ${say(result)}`;
    return { by: 'function', terms: [{ value: result, factors }], result, text };
  },
  flops: ({ attributes: a, ...context }) => (a.size + 4) * flopsPerElement(context),
  onnx: { op: 'LRN', attributes: { size: 'size', alpha: 'alpha', beta: 'beta', k: 'bias' } },
  pytorch: 'torch.nn.functional.local_response_norm',
  samples: [
    { attributes: { size: 3, alpha: 0.5 }, inputs: { x: [2, 4, 2, 2] } },
    { attributes: { size: 4, alpha: 1, beta: 0.5, k: 2 }, inputs: { x: [1, 3, 3] } },
    { attributes: { size: 5, alpha: 0.3 }, inputs: { x: [2, 2] } },
  ],
});
