// maxout: the largest of each group of channels.  Formula  y[n,c,…] = max over k < g of x[n,c·g+k,…]
// Shapes  x f32[N,C,…]  y f32[N,C/g,…]           Gradient  dy to the largest; ties (the kink) share it evenly, as PyTorch's amax
// Errors  E_GROUPS                               NaN stays NaN
// Source  Goodfellow et al. 2013 (arXiv:1302.4389)
// Cost    1 comparison an element of x
import { z } from 'zod';
import { insertAxis, type Ref } from '../../program/access.ts';
import type { Emitter } from '../../program/emitter.ts';
import { numel, type Shape } from '../../tensor/shape.ts';
import { defineOperator } from '../define-operator.ts';
import { factorOf, say } from '../support/explain.ts';
import { shaped } from '../support/shaped.ts';
import { oneOutput } from '../support/unary.ts';

/** [N, C/g, g, …] */
function grouped(emit: Emitter, x: Ref, size: number): Ref {
  return emit.view(x, [x.shape[0] as number, (x.shape[1] as number) / size, size, ...x.shape.slice(2)]);
}

/** Flat indices of the group that makes element `index` of y. */
function groupOf(x: Shape, size: number, index: number): number[] {
  const inner = numel(x.slice(2));
  const first = Math.floor(index / inner) * size * inner + (index % inner);
  return Array.from({ length: size }, (_, k) => first + k * inner);
}

export const maxout = defineOperator({
  id: 'maxout',
  family: 'activation',
  title: 'Maxout',
  summary: 'Keeps the largest of each group of neighbouring channels.',
  formula: 'y_{n,c} = \\max_{k < g} x_{n,\\,cg+k}',
  gradientFormula: 'dx_{n,cg+k} = dy_{n,c}\\, \\frac{[x_{n,cg+k} = y_{n,c}]}{\\sum_l [x_{n,cg+l} = y_{n,c}]}',
  gradientNote: 'Kink where several are largest: they share the gradient evenly.',
  shapes: { x: '[N, C, …]', y: '[N, C/g, …]' },
  source: 'Goodfellow et al. 2013 (Maxout networks, arXiv:1302.4389)',
  keywords: ['max', 'group', 'piecewise linear'],
  inputs: { x: { title: 'Input', rank: [2, 7] } },
  parameters: {},
  outputs: oneOutput,
  attributes: z.strictObject({ group_size: z.int().min(1).default(2).meta({ title: 'Group size' }) }),
  traits: {},
  gradientFlow: 'selects',
  infer({ inputs: { x }, attributes: { group_size: size }, source, fail }) {
    const channels = x.shape[1] as number;
    if (channels % size === 0) return { outputs: { y: { dtype: 'float32', shape: x.shape.with(1, channels / size) } } };
    const division = `${channels} / ${size} = ${Math.floor(channels / size)} rest ${channels % size}`;
    const message = `${channels} channels from ${source('x')} do not divide into groups of ${size}: ${division}`;
    return fail('E_GROUPS', { attribute: 'group_size' }, message);
  },
  forward: ({ emit, inputs: { x }, attributes: { group_size: size } }) => ({
    outputs: { y: emit.reduce([grouped(emit, x, size)], { axes: [2], by: 'max' }) },
  }),
  gradient({ emit, inputs: { x }, attributes: { group_size: size }, outputs, cotangents }) {
    const own = grouped(emit, x, size);
    const largest = insertAxis(outputs.y, 2);
    const ties = emit.reduce([own, largest], { axes: [2], keepdim: true, value: (e, a, b) => e.eq(a, b) });
    const operands = [insertAxis(cotangents.y, 2), own, largest, ties];
    const dx = emit.map(operands, (e, d, a, b, n) => e.select(e.eq(a, b), e.div(d, n), e.constant(0)));
    return { x: shaped(emit, dx, x.shape) };
  },
  reference({ inputs: { x }, attributes: { group_size: size }, outputs }) {
    const y = Float64Array.from({ length: numel(outputs.y.shape) }, (_, i) =>
      Math.max(...groupOf(x.shape, size, i).map((at) => x.data[at] as number)),
    );
    return { y };
  },
  explain({ inputs: { x }, attributes: { group_size: size }, index }) {
    const terms = groupOf(x.shape, size, index).map((at) => {
      const factor = factorOf('x', x, at);
      return { value: factor.value, factors: [factor] };
    });
    const result = Math.max(...terms.map((term) => term.value));
    return { by: 'max', terms, result, text: `max of ${size} channels = ${say(result)}` };
  },
  flops: ({ inputs }) => numel(inputs.x.shape),
  onnx: null,
  pytorch: null,
  samples: [
    { inputs: { x: [3, 6] } },
    { attributes: { group_size: 3 }, inputs: { x: [2, 6, 2, 3] } },
    { attributes: { group_size: 1 }, inputs: { x: [2, 2, 2] } },
  ],
});
