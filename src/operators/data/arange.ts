// arange: numbers at equal distances.            Formula  y[i] = start + i·step
// Shapes  y with ⌈(end − start)/step⌉ elements: the end is left out
// Errors  E_STEP  E_EMPTY  E_VALUE               Gradient  none: nothing here is computed from numbers
// Source  PyTorch arange, ONNX Range-11
import { z } from 'zod';
import { defineOperator } from '../define-operator.ts';
import { say } from '../support/explain.ts';
import { knownNumber } from '../support/known.ts';
import { anyOutput, flopsPerElement } from '../support/unary.ts';

const most = 2 ** 24;

export const arange = defineOperator({
  id: 'arange',
  family: 'data',
  title: 'Arange',
  summary: 'Numbers at equal distances: positions, indices, a grid.',
  formula: 'y_i = a + i \\cdot s',
  gradientFormula: null,
  gradientNote: 'Start, end and step decide the size: they are fixed.',
  shapes: { start: 'a number', end: 'a number', step: 'a number', y: '⌈(end − start)/step⌉ elements' },
  source: 'PyTorch torch.arange; ONNX Range',
  keywords: ['range', 'sequence', 'positions', 'linspace', 'count', 'iota'],
  inputs: { start: knownNumber('Start'), end: knownNumber('End'), step: knownNumber('Step') },
  parameters: {},
  outputs: anyOutput,
  attributes: z.strictObject({
    start: z.number().default(0).meta({ title: 'Start' }),
    end: z.number().default(10).meta({ title: 'End', description: 'Not included' }),
    step: z.number().default(1).meta({ title: 'Step' }),
    dtype: z.enum(['int32', 'float32']).default('int32').meta({ title: 'Element type' }),
  }),
  traits: {},
  infer({ attributes: { start, end, step, dtype }, fail }) {
    if (step === 0) return fail('E_STEP', { attribute: 'step' }, 'a step of 0 goes nowhere');
    if (dtype === 'int32' && ![start, step].every(Number.isInteger)) {
      const message = `${Number.isInteger(start) ? step : start} is not a whole number (int32)`;
      return fail('E_VALUE', { attribute: Number.isInteger(start) ? 'step' : 'start' }, message, {
        fixes: [{ kind: 'set_attribute', title: 'Make it float32', attribute: 'dtype', value: 'float32' }],
      });
    }
    const count = Math.ceil((end - start) / step);
    if (count >= 1 && count <= most) return { outputs: { y: { dtype, shape: [count] } } };
    const found = `from ${say(start)} to ${say(end)} by ${say(step)} there are`;
    return fail(
      'E_EMPTY',
      { attribute: 'end' },
      count < 1 ? `${found} no numbers` : `${found} more than ${most} numbers`,
    );
  },
  forward: ({ emit, attributes: { start, step }, outputs: { y } }) => ({
    outputs: {
      y: emit.map([], (e) => e.add(e.constant(start), e.mul(e.coordinate(0), e.constant(step))), y),
    },
  }),
  gradient: null,
  reference: ({ attributes: { start, step }, outputs: { y } }) => ({
    y: Float64Array.from({ length: y.shape[0] as number }, (_, i) => start + i * step),
  }),
  explain({ attributes: { start, step }, index }) {
    const result = start + index * step;
    return { by: 'function', terms: [], result, text: `${say(start)} + ${index}·${say(step)} = ${say(result)}` };
  },
  flops: flopsPerElement,
  onnx: { op: 'Range' },
  pytorch: 'torch.arange',
  samples: [
    { attributes: { end: 5 }, inputs: {} },
    { attributes: { start: 1, end: -1, step: -0.25, dtype: 'float32' }, inputs: {} },
    { attributes: { start: -3, end: 8, step: 4 }, inputs: {} },
  ],
});
