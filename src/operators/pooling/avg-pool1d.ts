// avg_pool1d: the mean of each window.           Formula  y[n,c,i] = 1/m · Σ x[n,c,i·s+k·d−p]
// Shapes  x f32[N,C,L]  y f32[N,C,L']            m: window elements in the padded input, or (count_include_pad false) in the real one
// Errors  E_EMPTY                                Gradient  dx: every window hands dy/m to each of its elements; m = 0 gives y = 0
// Source  PyTorch avg_pool1d, ONNX AveragePool-11  Cost  K flops an output
import { z } from 'zod';
import { numel } from '../../tensor/shape.ts';
import { lineMisfit, linePaddingFix } from '../convolution/line.ts';
import { defineOperator } from '../define-operator.ts';
import { oneOutput } from '../support/unary.ts';
import { avgPoolRules } from './avg-windows.ts';
import { linePoolAttributes, linePoolGeometry, linePoolWindows } from './pool-lines.ts';

export const avgPool1d = defineOperator({
  id: 'avg_pool1d',
  family: 'pooling',
  title: 'Average pool 1D',
  summary: 'Replaces each window of a sequence by its mean.',
  formula: 'y_{n,c,i} = \\frac{1}{m} \\sum_{k} x_{n,\\,c,\\,is+kd-p}',
  gradientFormula: 'dx_{n,c,r} = \\sum_{i,k:\\, is+kd-p = r} \\frac{dy_{n,c,i}}{m_i}',
  gradientNote: 'A window without elements gives 0 and no gradient.',
  shapes: { x: '[N, C, L]', y: '[N, C, L′], L′ = ⌊(L + p + p′ − d(K − 1) − 1)/s⌋ + 1, with `ceil_mode` ⌈⌉' },
  source: 'PyTorch torch.nn.functional.avg_pool1d; ONNX AveragePool',
  keywords: ['pooling', 'mean', 'subsampling', 'moving average', 'sequence'],
  inputs: { x: { title: 'Input', rank: 3 } },
  parameters: {},
  outputs: oneOutput,
  attributes: z.strictObject({
    ...linePoolAttributes,
    count_include_pad: z
      .boolean()
      .default(true)
      .meta({ title: 'Count padding', description: 'Divides by the padded window, not by the real elements' }),
  }),
  traits: {},
  gradientFlow: 'averages',
  infer({ inputs, attributes: a, fail }) {
    const [batch, channels, length] = inputs.x.shape as [number, number, number];
    const windows = linePoolWindows(a, length);
    const reason = lineMisfit(windows, length);
    if (reason) {
      const fixes = [linePaddingFix(windows, length)];
      return fail('E_EMPTY', { port: 'x' }, `${reason}: the output would be empty`, { fixes });
    }
    const shape = [batch, channels, linePoolGeometry(a, inputs.x.shape).outSize[1]];
    return { outputs: { y: { dtype: 'float32', shape } } };
  },
  ...avgPoolRules(linePoolGeometry),
  flops: ({ outputs, attributes: a }) => numel(outputs.y.shape) * a.kernel_size,
  onnx: {
    op: 'AveragePool',
    attributes: {
      kernel_size: 'kernel_shape',
      stride: 'strides',
      padding: 'pads',
      dilation: 'dilations',
      ceil_mode: 'ceil_mode',
      count_include_pad: 'count_include_pad',
    },
  },
  pytorch: 'torch.nn.functional.avg_pool1d',
  samples: [
    { inputs: { x: [2, 2, 5] } },
    { attributes: { kernel_size: 3, stride: 2, padding: [1, 2], count_include_pad: false }, inputs: { x: [1, 2, 6] } },
    { attributes: { kernel_size: 3, stride: 2, padding: 1, ceil_mode: true }, inputs: { x: [1, 2, 6] } },
    { attributes: { kernel_size: 3, stride: 2, padding: 'same' }, inputs: { x: [1, 2, 6] } },
    { attributes: { kernel_size: 2, stride: 1, padding: [0, 1], dilation: 2 }, inputs: { x: [1, 2, 5] } },
  ],
});
