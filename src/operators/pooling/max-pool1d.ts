// max_pool1d: the largest element of each window. Formula  y[n,c,i] = max over k of x[n,c,i·s+k·d−p]
// Shapes  x f32[N,C,L]  y f32[N,C,L']  indices int32, as y: positions in the unpadded line
// Errors  E_EMPTY  E_PADDING                     Gradient  dy goes to the winner; among equals the first (as PyTorch)
// Source  PyTorch max_pool1d, ONNX MaxPool-12    Cost  K comparisons an output; NaN wins
import { z } from 'zod';
import { numel } from '../../tensor/shape.ts';
import { lineMisfit, linePaddingFix } from '../convolution/line.ts';
import { defineOperator } from '../define-operator.ts';
import { maxPoolOutputs, maxPoolRules } from './max-windows.ts';
import { linePoolAttributes, linePoolGeometry, linePoolWindows } from './pool-lines.ts';
import { blindWindow } from './pool-windows.ts';

export const maxPool1d = defineOperator({
  id: 'max_pool1d',
  family: 'pooling',
  title: 'Max pool 1D',
  summary: 'Keeps the largest number of each window of a sequence.',
  formula: 'y_{n,c,i} = \\max_{k}\\; x_{n,\\,c,\\,is+kd-p}',
  gradientFormula: 'dx_{n,c,r} = \\sum_{i} dy_{n,c,i}\\, [r = \\mathrm{indices}_{n,c,i}]',
  gradientNote: 'Kink where several are largest: the first takes it, as in PyTorch.',
  shapes: {
    x: '[N, C, L]',
    y: '[N, C, L′], L′ = ⌊(L + p + p′ − d(K − 1) − 1)/s⌋ + 1, with `ceil_mode` ⌈⌉',
    indices: 'as y: positions in the unpadded line',
  },
  source: 'PyTorch torch.nn.functional.max_pool1d; ONNX MaxPool',
  keywords: ['pooling', 'subsampling', 'downsample', 'sequence'],
  inputs: { x: { title: 'Input', rank: 3 } },
  parameters: {},
  outputs: maxPoolOutputs,
  attributes: z.strictObject(linePoolAttributes),
  traits: {},
  gradientFlow: 'selects',
  infer({ inputs, attributes: a, fail }) {
    const [batch, channels, length] = inputs.x.shape as [number, number, number];
    const windows = linePoolWindows(a, length);
    const reason = lineMisfit(windows, length);
    if (reason) {
      const fixes = [linePaddingFix(windows, length)];
      return fail('E_EMPTY', { port: 'x' }, `${reason}: the output would be empty`, { fixes });
    }
    const geometry = linePoolGeometry(a, inputs.x.shape);
    const blind = blindWindow(geometry);
    if (blind) {
      const detail = `padding ${windows.padding[1]}, ${windows.padding[3]}; kernel ${a.kernel_size}`;
      const message = `output ${blind.replace('column', 'position')} would see padding alone (${detail})`;
      return fail('E_PADDING', { attribute: 'padding' }, message);
    }
    const shape = [batch, channels, geometry.outSize[1]];
    return { outputs: { y: { dtype: 'float32', shape }, indices: { dtype: 'int32', shape } } };
  },
  ...maxPoolRules(linePoolGeometry),
  flops: ({ outputs, attributes: a }) => numel(outputs.y.shape) * a.kernel_size,
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
  pytorch: 'torch.nn.functional.max_pool1d',
  samples: [
    { inputs: { x: [2, 2, 5] } },
    { attributes: { kernel_size: 3, stride: 2, padding: [0, 1], dilation: 2 }, inputs: { x: [1, 2, 8] } },
    { attributes: { kernel_size: 3, ceil_mode: true }, inputs: { x: [1, 2, 7] } },
    { attributes: { kernel_size: 3, stride: 2, padding: 'same' }, inputs: { x: [1, 2, 6] } },
  ],
});
