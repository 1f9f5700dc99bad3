// Convolution by direction: forward and input gradient are correlations, the weight gradient is a set of dot products.
import type { Conv2dSpec } from '../../program/kernel-spec.ts';
import { correlationExtent, correlationWorkspace, emitCorrelation } from './conv2d-correlate.ts';
import { planCorrelation } from './conv2d-plan.ts';
import { emitWeightGradient, planWeightGradient, weightGradientExtent } from './conv2d-weight-grad.ts';
import type { KernelEmitter } from './emitter.ts';

export const conv2d: KernelEmitter<Conv2dSpec> = {
  emit(spec, options) {
    const { batch, inChannels, inSize, outChannels, kernel } = spec.geometry;
    const name = `conv2d ${spec.direction} ${[batch, inChannels, ...inSize].join('×')} ${[outChannels, ...kernel].join('×')}`;
    return spec.direction === 'weight_grad'
      ? emitWeightGradient(planWeightGradient(spec), name, options)
      : emitCorrelation(planCorrelation(spec), name, options);
  },
  workspaceBytes: (spec) =>
    spec.direction === 'weight_grad'
      ? planWeightGradient(spec).workspaceBytes
      : correlationWorkspace(planCorrelation(spec)).bytes,
  extent: (spec) =>
    spec.direction === 'weight_grad'
      ? weightGradientExtent(planWeightGradient(spec))
      : correlationExtent(planCorrelation(spec)),
};
