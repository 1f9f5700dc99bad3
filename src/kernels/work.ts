// How much there is to do in a kernel, roughly: enough to tell whether several threads are worth meeting for.
import type { Expression, KernelSpec } from '../program/kernel-spec.ts';
import { numel } from '../tensor/shape.ts';

/** Elements passing through memory, or lines of an expression, that take a nanosecond; products and sums of a tile likewise. */
const elementsPerNs = 2;
const flopsPerNs = 40;

const costly: ReadonlySet<string> = new Set(
  'exp log sin cos tanh sigmoid erf softplus pow div sqrt reciprocal'.split(' '),
);

function linesOf(body: readonly Expression[]): number {
  return body.reduce((sum, { op }) => sum + (costly.has(op) ? 4 : op === 'input' || op === 'const' ? 0 : 0.25), 1);
}

/** Nanoseconds that one thread takes, within a small factor. */
export function workOf(spec: KernelSpec): number {
  switch (spec.op) {
    case 'view':
      return 0;
    case 'gemm':
      return (2 * numel(spec.batch) * spec.m * spec.n * spec.k) / flopsPerNs;
    case 'conv2d': {
      const { batch, inChannels, outChannels, outSize, kernel, groups } = spec.geometry;
      return (2 * batch * outChannels * numel(outSize) * (inChannels / groups) * numel(kernel)) / flopsPerNs;
    }
    case 'elementwise':
      return (
        (numel(spec.shape) * (linesOf(spec.body) + spec.inputs.length + spec.outputs.length)) / (2 * elementsPerNs)
      );
    case 'reduce':
      return (numel(spec.shape) * (linesOf(spec.body) + spec.inputs.length)) / (2 * elementsPerNs);
    case 'integer':
      return (numel(spec.shape) * (linesOf(spec.body) + spec.inputs.length)) / elementsPerNs;
    case 'assemble':
      return numel(spec.shape) / elementsPerNs;
    case 'arg_reduce':
      return numel(spec.shape) / elementsPerNs;
    case 'softmax':
      return (4 * spec.outer * spec.size * spec.inner) / elementsPerNs;
    case 'gather':
    case 'scatter_add':
      return (spec.outer * spec.count * spec.inner) / elementsPerNs;
    case 'bernoulli':
      return spec.count / elementsPerNs;
    case 'max_pool2d':
    case 'avg_pool2d':
      return (spec.geometry.planes * numel(spec.geometry.outSize) * numel(spec.geometry.kernel)) / elementsPerNs;
    case 'max_pool2d_grad':
      return (spec.geometry.planes * (numel(spec.geometry.inSize) + numel(spec.geometry.outSize))) / elementsPerNs;
    case 'greedy_select':
      return (spec.batch * spec.count * spec.count) / elementsPerNs;
  }
}
