// The mean of each window: rules that 1-d and 2-d average pooling share.
import type { Pool2dGeometry } from '../../program/kernel-spec.ts';
import { numel, type Shape } from '../../tensor/shape.ts';
import type { ExplainContext, ForwardContext, GradientContext, ReferenceContext } from '../define-operator.ts';
import { factorOf } from '../support/explain.ts';
import type { oneOutput } from '../support/unary.ts';
import { windowOf } from './pool-windows.ts';

type Inputs = { readonly x: { readonly title: string; readonly rank: number } };
type None = Record<never, never>;
type Outputs = typeof oneOutput;

type Counting = { readonly count_include_pad: boolean };

export function avgPoolRules<A>(geometryOf: (attributes: A, x: Shape) => Pool2dGeometry) {
  return {
    forward({ emit, inputs: { x }, attributes: a, outputs }: ForwardContext<Inputs, None, Outputs, A & Counting>) {
      const geometry = geometryOf(a, x.shape);
      return { outputs: { y: emit.avgPool2d(geometry, 'forward', x, outputs.y.shape, a.count_include_pad) } };
    },
    gradient({ emit, inputs: { x }, attributes: a, cotangents }: GradientContext<Inputs, None, Outputs, A & Counting>) {
      const geometry = geometryOf(a, x.shape);
      return { x: emit.avgPool2d(geometry, 'backward', cotangents.y, x.shape, a.count_include_pad) };
    },
    reference({ inputs: { x }, attributes: a, outputs }: ReferenceContext<Inputs, None, Outputs, A & Counting>) {
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
    explain({ inputs: { x }, attributes: a, index }: ExplainContext<Inputs, None, Outputs, A & Counting>) {
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
  };
}
