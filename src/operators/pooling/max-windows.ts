// The largest element of each window: rules that 1-d, 2-d and global max pooling share, and all of the record of the first two
// but names and attributes. `indices` count inside one plane of x.
import type { Pool2dGeometry } from '../../program/kernel-spec.ts';
import { numel, type Shape } from '../../tensor/shape.ts';
import { onnxWindows } from '../convolution/window.ts';
import type {
  ExplainContext,
  ExplainGradientContext,
  ForwardContext,
  GradientContext,
  InferContext,
  Inferred,
  ReferenceContext,
} from '../define-operator.ts';
import { factorOf, say } from '../support/explain.ts';
import {
  type Ceiling,
  checkSight,
  fittingPool,
  type PoolInputs as Inputs,
  pooledShape,
  poolFlops,
  poolGeometry,
  type WindowsOf,
  windowOf,
} from './pool-windows.ts';

type None = Record<never, never>;
export const maxPoolOutputs = { y: { title: 'Output' }, indices: { title: 'Winners', dtype: 'int32' } } as const;
type Outputs = typeof maxPoolOutputs;

/** Position of the winner in x: the first largest, or the first NaN. */
export function winner(x: Float64Array, elements: readonly number[]): number {
  let best = elements[0] as number;
  for (const at of elements) {
    if (Number.isNaN(x[best])) break;
    if ((x[at] as number) > (x[best] as number) || Number.isNaN(x[at])) best = at;
  }
  return best;
}

/** Program code, references and explanations, given the geometry of the windows. */
export function maxPoolRules<A>(geometryOf: (attributes: A, x: Shape) => Pool2dGeometry) {
  return {
    forward({ emit, inputs: { x }, attributes, outputs }: ForwardContext<Inputs, None, Outputs, A>) {
      const [y, indices] = emit.maxPool2d(geometryOf(attributes, x.shape), x, outputs.y.shape);
      return { outputs: { y, indices } };
    },
    gradient({
      emit,
      inputs: { x },
      attributes,
      outputs,
      cotangents,
      needs,
    }: GradientContext<Inputs, None, Outputs, A>) {
      if (!needs('x') || !cotangents.y) return {};
      return { x: emit.maxPool2dGrad(geometryOf(attributes, x.shape), cotangents.y, outputs.indices, x.shape) };
    },
    reference({ inputs: { x }, attributes, outputs }: ReferenceContext<Inputs, None, Outputs, A>) {
      const geometry = geometryOf(attributes, x.shape);
      const y = new Float64Array(numel(outputs.y.shape));
      const indices = new Float64Array(y.length);
      for (let index = 0; index < y.length; index++) {
        const { plane, elements } = windowOf(geometry, index);
        const at = winner(x.data, elements);
        y[index] = x.data[at] as number;
        indices[index] = at - plane;
      }
      return { y, indices };
    },
    explain({ inputs: { x }, attributes, port, index }: ExplainContext<Inputs, None, Outputs, A>) {
      const geometry = geometryOf(attributes, x.shape);
      const { plane, elements } = windowOf(geometry, index);
      const at = winner(x.data, elements);
      const value = x.data[at] as number;
      const width = geometry.inSize[1];
      const row = x.shape.length === 3 ? '' : `row ${Math.floor((at - plane) / width)}, column `;
      const place = `${row || 'position '}${(at - plane) % width}`;
      if (port === 'indices') {
        const terms = [{ value: at - plane, factors: [factorOf('x', x, at)] }];
        return { by: 'function' as const, terms, result: at - plane, text: `${value} at ${place} is the largest` };
      }
      const terms = elements.map((i) => ({ value: x.data[i] as number, factors: [factorOf('x', x, i)] }));
      const text = `max of ${elements.length} = ${value}, from ${place}`;
      return { by: 'max' as const, terms, result: value, text };
    },

    explainGradient({
      inputs: { x },
      attributes,
      port,
      index,
      cotangents,
    }: ExplainGradientContext<Inputs, None, Outputs, A>) {
      if (port !== 'x' || !cotangents['y']) return null;
      const geometry = geometryOf(attributes, x.shape);
      const { inSize, outSize } = geometry;
      const perPlane = outSize[0] * outSize[1];
      const first = Math.floor(index / (inSize[0] * inSize[1])) * perPlane;
      let [windows, won, sum] = [0, 0, 0];
      for (let at = first; at < first + perPlane; at++) {
        const { elements } = windowOf(geometry, at);
        if (!elements.includes(index)) continue;
        windows++;
        if (winner(x.data, elements) !== index) continue;
        won++;
        sum += cotangents['y'].data[at] as number;
      }
      const text = `largest of ${won} of the ${windows} windows that it stands in: it gets ${won === 0 ? 'nothing' : 'their gradients'}, ${say(sum)}`;
      return { text };
    },
  };
}

/** The record of a max pool but for names and attributes, which give its windows over a plane. */
export function maxPool<A extends Ceiling>(windowsOf: WindowsOf<A>) {
  return {
    parameters: {},
    outputs: maxPoolOutputs,
    traits: {},
    gradientFlow: 'selects' as const,
    infer(context: InferContext<Inputs, None, A>): Inferred<None, Outputs> | null {
      const { shape: x } = context.inputs.x;
      const geometry = fittingPool(windowsOf, context);
      if (!geometry || !checkSight(geometry, x, context.fail)) return null;
      const shape = pooledShape(geometry, x);
      return { outputs: { y: { dtype: 'float32', shape }, indices: { dtype: 'int32', shape } } };
    },
    ...maxPoolRules((a: A, x: Shape) => poolGeometry(windowsOf, a, x)),
    flops: poolFlops(windowsOf),
    onnx: { op: 'MaxPool', attributes: { ...onnxWindows, ceil_mode: 'ceil_mode' } },
  };
}
