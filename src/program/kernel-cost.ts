// What one call of a kernel costs, from its spec alone: the arithmetic that its definition asks for, whatever tricks the
// emitter plays (Winograd's form counts as the direct one). A multiply-add is two operations.
import { numel } from '../tensor/shape.ts';
import type { Epilogue, Expression, KernelSpec } from './kernel-spec.ts';

/** Floating-point operations of one call. */
export function kernelFlops(spec: KernelSpec): number {
  switch (spec.op) {
    case 'elementwise':
      return numel(spec.shape) * arithmetic(spec.body);
    case 'reduce': {
      const left = numel(spec.shape.filter((_, axis) => !spec.axes.includes(axis)));
      const finish = spec.outputs.reduce((sum, output) => sum + arithmetic(output.finish), 0);
      return numel(spec.shape) * (arithmetic(spec.body) + spec.outputs.length) + left * finish;
    }
    case 'integer':
      return numel(spec.shape) * (arithmetic(spec.body) + (spec.axes.length > 0 ? 1 : 0));
    case 'arg_reduce':
      return numel(spec.shape);
    case 'gemm': {
      const outputs = numel(spec.batch) * spec.m * spec.n;
      return outputs * (2 * spec.k + ofEpilogue(spec.epilogue));
    }
    case 'conv2d': {
      const { batch, inChannels, inSize, outChannels, outSize, kernel, groups } = spec.geometry;
      const windows = batch * outChannels * outSize[0] * outSize[1];
      const products = windows * (inChannels / groups) * kernel[0] * kernel[1];
      const written = {
        forward: windows,
        input_grad: batch * inChannels * inSize[0] * inSize[1],
        weight_grad: (outChannels * inChannels * kernel[0] * kernel[1]) / groups,
      };
      return 2 * products + written[spec.direction] * ofEpilogue(spec.epilogue);
    }
    case 'max_pool2d':
    case 'avg_pool2d': {
      const { planes, outSize, kernel } = spec.geometry;
      return planes * outSize[0] * outSize[1] * kernel[0] * kernel[1];
    }
    case 'max_pool2d_grad':
      return spec.geometry.planes * spec.geometry.outSize[0] * spec.geometry.outSize[1];
    case 'softmax':
      // maximum, difference, exponential, sum, quotient
      return 5 * spec.outer * spec.size * spec.inner;
    case 'scatter_add':
      return spec.outer * spec.count * spec.inner;
    case 'greedy_select':
      return (spec.batch * spec.count * (spec.count - 1)) / 2;
    case 'bernoulli':
    case 'gather':
    case 'assemble':
    case 'view':
      return 0;
  }
}

function ofEpilogue(epilogue: Epilogue | null): number {
  return epilogue === null ? 0 : arithmetic(epilogue.body);
}

/** Not computed: what is read, and what is too small to be stored. */
const idle: ReadonlySet<string> = new Set(['input', 'const', 'coord', 'flush']);

/** Lines that compute. */
function arithmetic(body: readonly Expression[]): number {
  return body.filter(({ op }) => !idle.has(op)).length;
}
