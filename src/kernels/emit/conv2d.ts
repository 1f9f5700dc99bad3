// Convolution by direction: forward and input gradient are correlations, the weight gradient is a set of dot products; or all
// three by Winograd's form, where the spec asks for it.
import type { Conv2dSpec } from '../../program/kernel-spec.ts';
import { correlationExtent, correlationWorkspace, emitCorrelation } from './conv2d-correlate.ts';
import { planCorrelation } from './conv2d-plan.ts';
import { emitWeightGradient, planWeightGradient, weightGradientExtent } from './conv2d-weight-grad.ts';
import type { KernelEmitter } from './emitter.ts';
import { emitWinograd, winogradExtent, winogradWorkspace } from './winograd.ts';
import { emitWinogradGradient, winogradGradientExtent, winogradGradientWorkspace } from './winograd-weight-grad.ts';

export const conv2d: KernelEmitter<Conv2dSpec> = {
  emit(spec, options) {
    const { batch, inChannels, inSize, outChannels, kernel } = spec.geometry;
    const name = `conv2d ${spec.direction} ${[batch, inChannels, ...inSize].join('×')} ${[outChannels, ...kernel].join('×')}`;
    const winograd = spec.algorithm === 'winograd';
    if (spec.direction === 'weight_grad') {
      if (winograd) return emitWinogradGradient(spec, name, options);
      return emitWeightGradient(planWeightGradient(spec), name, options);
    }
    if (winograd) return emitWinograd(spec, name, options);
    return emitCorrelation(planCorrelation(spec), name, options);
  },
  workspaceBytes(spec) {
    const winograd = spec.algorithm === 'winograd';
    if (spec.direction === 'weight_grad')
      return winograd ? winogradGradientWorkspace(spec) : planWeightGradient(spec).workspaceBytes;
    return winograd ? winogradWorkspace(spec) : correlationWorkspace(planCorrelation(spec)).bytes;
  },
  extent(spec) {
    const winograd = spec.algorithm === 'winograd';
    if (spec.direction === 'weight_grad')
      return winograd ? winogradGradientExtent(spec) : weightGradientExtent(planWeightGradient(spec));
    return winograd ? winogradExtent(spec) : correlationExtent(planCorrelation(spec));
  },
};
