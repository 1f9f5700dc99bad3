// max_pool2d: the largest element of each window. Formula  y[n,c,i,j] = max over k,l of x[n,c,i·s+k·d−p,j·s+l·d−p]
// Shapes  x f32[N,C,H,W]  y f32[N,C,H',W']  indices int32, as y: positions in the unpadded H·W plane
// Errors  E_EMPTY  E_PADDING                     Gradient  dy goes to the winner; among equals the first in row-major order (as PyTorch)
// Source  PyTorch max_pool2d, ONNX MaxPool-12    Cost  K·L comparisons an output; NaN wins
import { z } from 'zod';
import { numel } from '../../tensor/shape.ts';
import { misfit, paddingFix, pairSchema } from '../convolution/window.ts';
import { defineOperator } from '../define-operator.ts';
import { blindWindow, poolAttributes, poolGeometry, poolWindows, windowOf } from './pool-windows.ts';

/** Position of the winner in x: the first largest, or the first NaN. */
function winner(x: Float64Array, elements: readonly number[]): number {
  let best = elements[0] as number;
  for (const at of elements) {
    if (Number.isNaN(x[best])) break;
    if ((x[at] as number) > (x[best] as number) || Number.isNaN(x[at])) best = at;
  }
  return best;
}

export const maxPool2d = defineOperator({
  id: 'max_pool2d',
  family: 'pooling',
  title: 'Max pool 2D',
  summary: 'Keeps the largest number of each window.',
  formula: 'y_{n,c,i,j} = \\max_{k,l}\\; x_{n,\\,c,\\,is+kd-p,\\,js+ld-p}',
  source: 'PyTorch torch.nn.functional.max_pool2d; ONNX MaxPool',
  keywords: ['pooling', 'subsampling', 'downsample'],
  inputs: { x: { title: 'Input', rank: 4 } },
  parameters: {},
  outputs: { y: { title: 'Output' }, indices: { title: 'Winners', dtype: 'int32' } },
  attributes: z.strictObject({
    ...poolAttributes,
    dilation: pairSchema.default(1).meta({ title: 'Dilation', unit: 'px' }),
  }),
  traits: {},
  infer({ inputs, attributes: a, fail }) {
    const [batch, channels, height, width] = inputs.x.shape as [number, number, number, number];
    const windows = poolWindows(a);
    const reason = misfit(windows, [height, width]);
    if (reason)
      return fail('E_EMPTY', { port: 'x' }, `${reason}: the output would be empty`, {
        fixes: [paddingFix(windows, [height, width])],
      });
    const geometry = poolGeometry(a, inputs.x.shape);
    const blind = blindWindow(geometry);
    if (blind) {
      return fail(
        'E_PADDING',
        { attribute: 'padding' },
        `output ${blind} would see padding alone (padding ${windows.padding.join(', ')}; kernel ${windows.kernel.join('×')})`,
      );
    }
    const shape = [batch, channels, ...geometry.outSize];
    return { outputs: { y: { dtype: 'float32', shape }, indices: { dtype: 'int32', shape } } };
  },
  forward({ emit, inputs, attributes: a, outputs }) {
    const [y, indices] = emit.maxPool2d(poolGeometry(a, inputs.x.shape), inputs.x, outputs.y.shape);
    return { outputs: { y, indices } };
  },
  gradient({ emit, inputs, attributes: a, outputs, cotangents, needs }) {
    if (!needs('x') || !cotangents.y) return {};
    return { x: emit.maxPool2dGrad(poolGeometry(a, inputs.x.shape), cotangents.y, outputs.indices, inputs.x.shape) };
  },
  reference({ inputs, attributes: a, outputs }) {
    const geometry = poolGeometry(a, inputs.x.shape);
    const y = new Float64Array(numel(outputs.y.shape));
    const indices = new Float64Array(y.length);
    for (let index = 0; index < y.length; index++) {
      const { plane, elements } = windowOf(geometry, index);
      const at = winner(inputs.x.data, elements);
      y[index] = inputs.x.data[at] as number;
      indices[index] = at - plane;
    }
    return { y, indices };
  },
  explain({ inputs, attributes: a, port, index }) {
    const x = inputs.x.data;
    const { plane, elements } = windowOf(poolGeometry(a, inputs.x.shape), index);
    const at = winner(x, elements);
    const value = x[at] as number;
    const width = inputs.x.shape[3] as number;
    const place = `row ${Math.floor((at - plane) / width)}, column ${(at - plane) % width}`;
    if (port === 'indices') {
      const factors = [{ port: 'x', index: at, value }];
      return {
        by: 'function',
        terms: [{ value: at - plane, factors }],
        result: at - plane,
        text: `${value} at ${place} is the largest`,
      };
    }
    const terms = elements.map((i) => ({
      value: x[i] as number,
      factors: [{ port: 'x', index: i, value: x[i] as number }],
    }));
    return { by: 'max', terms, result: value, text: `max of ${elements.length} = ${value}, from ${place}` };
  },
  flops({ outputs, attributes: a }) {
    const [height, width] = poolWindows(a).kernel;
    return numel(outputs.y.shape) * height * width;
  },
  onnx: {
    op: 'MaxPool',
    attributes: {
      kernel_size: 'kernel_shape',
      stride: 'strides',
      padding: 'pads',
      dilation: 'dilations',
      ceil_mode: 'ceil_mode',
    },
  },
  pytorch: 'torch.nn.functional.max_pool2d',
  samples: [
    { inputs: { x: [2, 2, 4, 5] } },
    { attributes: { kernel_size: 3, stride: 2, padding: 1 }, inputs: { x: [1, 2, 6, 5] } },
    {
      attributes: { kernel_size: [2, 3], stride: [2, 1], padding: [0, 1, 1, 2], dilation: [2, 1] },
      inputs: { x: [1, 2, 6, 5] },
    },
    { attributes: { kernel_size: 2, ceil_mode: true }, inputs: { x: [1, 1, 5, 3] } },
  ],
});
