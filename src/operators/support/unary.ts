// Elementwise functions of one input, y[i] = f(x[i]): the parts that all of them share.
import type { Explanation } from '../../program/explanation.ts';
import { numel } from '../../tensor/shape.ts';
import type { ReferenceTensor, TensorType } from '../define-operator.ts';
import { explainFunction, factorOf } from './explain.ts';

export const unaryInputs = { x: { title: 'Input' } } as const;
export const oneOutput = { y: { title: 'Output' } } as const;

/** The same where both element types will do. */
export const anyInput = { x: { title: 'Input', dtype: 'any' } } as const;
export const anyOutput = { y: { title: 'Output', dtype: 'any' } } as const;

/** y is of the type of x. */
export function inferUnary({ inputs }: { readonly inputs: { readonly x: TensorType } }): {
  outputs: { y: TensorType };
} {
  return { outputs: { y: inputs.x } };
}

/** `call` writes f with its argument's number: (x) => `exp(${x})`. */
export function explainUnary(
  { inputs, index }: { readonly inputs: { readonly x: ReferenceTensor }; readonly index: number },
  f: (x: number) => number,
  call: (x: number) => string,
): Explanation {
  const factor = factorOf('x', inputs.x, index);
  return explainFunction([factor], f(factor.value), call(factor.value));
}

/** One operation for every element of the output. */
export function flopsPerElement({ outputs }: { readonly outputs: { readonly y: TensorType } }): number {
  return numel(outputs.y.shape);
}
