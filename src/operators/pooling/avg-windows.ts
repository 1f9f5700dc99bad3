// The mean of each window: all of the record of 1-d and 2-d average pooling but names and the attributes of their windows.
import { z } from 'zod';
import { numel, type Shape } from '../../tensor/shape.ts';
import { onnxWindows } from '../convolution/window.ts';
import type {
  ExplainContext,
  ForwardContext,
  GradientContext,
  InferContext,
  Inferred,
  ReferenceContext,
} from '../define-operator.ts';
import { factorOf } from '../support/explain.ts';
import { oneOutput } from '../support/unary.ts';
import {
  type Ceiling,
  fittingPool,
  type PoolInputs as Inputs,
  pooledShape,
  poolFlops,
  poolGeometry,
  type WindowsOf,
  windowOf,
} from './pool-windows.ts';

type None = Record<never, never>;
type Outputs = typeof oneOutput;

export const countAttributes = {
  count_include_pad: z
    .boolean()
    .default(true)
    .meta({ title: 'Count padding', description: 'Divides by the padded window, not by the real elements' }),
};
type Counting = Ceiling & { readonly count_include_pad: boolean };

/** The record of an average pool but for names and attributes, which give its windows over a plane. */
export function avgPool<A extends Counting>(windowsOf: WindowsOf<A>) {
  const geometryOf = (a: A, x: Shape) => poolGeometry(windowsOf, a, x);
  return {
    parameters: {},
    outputs: oneOutput,
    traits: {},
    gradientFlow: 'averages' as const,
    infer(context: InferContext<Inputs, None, A>): Inferred<None, Outputs> | null {
      const geometry = fittingPool(windowsOf, context);
      return geometry && { outputs: { y: { dtype: 'float32', shape: pooledShape(geometry, context.inputs.x.shape) } } };
    },
    forward({ emit, inputs: { x }, attributes: a, outputs }: ForwardContext<Inputs, None, Outputs, A>) {
      const geometry = geometryOf(a, x.shape);
      return { outputs: { y: emit.avgPool2d(geometry, 'forward', x, outputs.y.shape, a.count_include_pad) } };
    },
    gradient({ emit, inputs: { x }, attributes: a, cotangents }: GradientContext<Inputs, None, Outputs, A>) {
      const geometry = geometryOf(a, x.shape);
      return { x: emit.avgPool2d(geometry, 'backward', cotangents.y, x.shape, a.count_include_pad) };
    },
    reference({ inputs: { x }, attributes: a, outputs }: ReferenceContext<Inputs, None, Outputs, A>) {
      const geometry = geometryOf(a, x.shape);
      const y = new Float64Array(numel(outputs.y.shape));
      for (let index = 0; index < y.length; index++) {
        const { elements, padded } = windowOf(geometry, index);
        let sum = 0;
        for (const at of elements) sum += x.data[at] as number;
        y[index] = elements.length === 0 ? 0 : sum / (a.count_include_pad ? padded : elements.length);
      }
      return { y };
    },
    explain({ inputs: { x }, attributes: a, index }: ExplainContext<Inputs, None, Outputs, A>) {
      const { elements, padded } = windowOf(geometryOf(a, x.shape), index);
      const count = a.count_include_pad ? padded : elements.length;
      const terms = elements.map((at) => {
        const factor = factorOf('x', x, at);
        return { value: factor.value / count, factors: [factor] };
      });
      const result = terms.reduce((sum, term) => sum + term.value, 0);
      const text = `Σ x / ${count} over ${elements.length} elements = ${result}`;
      return { by: 'sum' as const, terms, result, text };
    },
    flops: poolFlops(windowsOf),
    onnx: {
      op: 'AveragePool',
      attributes: { ...onnxWindows, ceil_mode: 'ceil_mode', count_include_pad: 'count_include_pad' },
    },
  };
}
