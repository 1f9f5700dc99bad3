// avg_pool2d: the mean of each window.           Formula  y[n,c,i,j] = 1/m · Σ x[n,c,i·s+k−p,j·s+l−p]
// Shapes  x f32[N,C,H,W]  y f32[N,C,H',W']       m: window elements in the padded input, or (count_include_pad false) in the real one
// Errors  E_EMPTY                                Gradient  dx: every window hands dy/m to each of its elements; m = 0 gives y = 0
// Source  PyTorch avg_pool2d, ONNX AveragePool-11  Cost  K·L flops an output
import { z } from 'zod';
import { numel } from '../../tensor/shape.ts';
import { misfit, paddingFix } from '../convolution/window.ts';
import { defineOperator } from '../define-operator.ts';
import { poolAttributes, poolGeometry, poolWindows, windowOf } from './pool-windows.ts';

export const avgPool2d = defineOperator({
  id: 'avg_pool2d',
  family: 'pooling',
  title: 'Average pool 2D',
  summary: 'Replaces each window by its mean.',
  formula: 'y_{n,c,i,j} = \\frac{1}{m} \\sum_{k,l} x_{n,\\,c,\\,is+k-p,\\,js+l-p}',
  source: 'PyTorch torch.nn.functional.avg_pool2d; ONNX AveragePool',
  keywords: ['pooling', 'mean', 'subsampling', 'downsample'],
  inputs: { x: { title: 'Input', rank: 4 } },
  parameters: {},
  outputs: { y: { title: 'Output' } },
  attributes: z.strictObject({
    ...poolAttributes,
    count_include_pad: z
      .boolean()
      .default(true)
      .meta({ title: 'Count padding', description: 'Divides by the padded window, not by the real elements' }),
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
    return {
      outputs: { y: { dtype: 'float32', shape: [batch, channels, ...poolGeometry(a, inputs.x.shape).outSize] } },
    };
  },
  forward: ({ emit, inputs, attributes: a, outputs }) => ({
    outputs: {
      y: emit.avgPool2d(poolGeometry(a, inputs.x.shape), 'forward', inputs.x, outputs.y.shape, a.count_include_pad),
    },
  }),
  gradient: ({ emit, inputs, attributes: a, cotangents }) => ({
    x: emit.avgPool2d(poolGeometry(a, inputs.x.shape), 'backward', cotangents.y, inputs.x.shape, a.count_include_pad),
  }),
  reference({ inputs, attributes: a, outputs }) {
    const geometry = poolGeometry(a, inputs.x.shape);
    const y = new Float64Array(numel(outputs.y.shape));
    for (let index = 0; index < y.length; index++) {
      const { elements, padded } = windowOf(geometry, index);
      let sum = 0;
      for (const at of elements) sum += inputs.x.data[at] as number;
      y[index] = elements.length === 0 ? 0 : sum / (a.count_include_pad ? padded : elements.length);
    }
    return { y };
  },
  explain({ inputs, attributes: a, index }) {
    const { elements, padded } = windowOf(poolGeometry(a, inputs.x.shape), index);
    const count = a.count_include_pad ? padded : elements.length;
    const terms = elements.map((at) => {
      const value = inputs.x.data[at] as number;
      return { value: value / count, factors: [{ port: 'x', index: at, value }] };
    });
    const result = terms.reduce((sum, term) => sum + term.value, 0);
    return { by: 'sum', terms, result, text: `Σ x / ${count} over ${elements.length} elements = ${result}` };
  },
  flops({ outputs, attributes: a }) {
    const [height, width] = poolWindows(a).kernel;
    return numel(outputs.y.shape) * height * width;
  },
  onnx: {
    op: 'AveragePool',
    attributes: {
      kernel_size: 'kernel_shape',
      stride: 'strides',
      padding: 'pads',
      ceil_mode: 'ceil_mode',
      count_include_pad: 'count_include_pad',
    },
  },
  pytorch: 'torch.nn.functional.avg_pool2d',
  samples: [
    { inputs: { x: [2, 2, 4, 5] } },
    { attributes: { kernel_size: 3, stride: 2, padding: 1 }, inputs: { x: [1, 2, 6, 5] } },
    {
      attributes: { kernel_size: [2, 3], stride: 1, padding: [0, 1, 1, 2], count_include_pad: false },
      inputs: { x: [1, 2, 4, 5] },
    },
    { attributes: { kernel_size: 3, stride: 2, padding: 1, ceil_mode: true }, inputs: { x: [1, 1, 6, 4] } },
  ],
});
