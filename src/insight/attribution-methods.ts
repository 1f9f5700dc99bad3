// All attribution methods, in the order in which they are offered.
import type { AttributionMethod } from './attribution-method.ts';
import { deconvolution } from './deconvolution.ts';
import { gradCam } from './grad-cam.ts';
import { gradientTimesInput } from './gradient-times-input.ts';
import { guidedBackpropagation } from './guided-backpropagation.ts';
import { inputGradient } from './input-gradient.ts';
import { integratedGradients } from './integrated-gradients.ts';
import { saliency } from './saliency.ts';

export const attributionMethods: readonly AttributionMethod[] = [
  saliency,
  inputGradient,
  gradientTimesInput,
  integratedGradients,
  guidedBackpropagation,
  deconvolution,
  gradCam,
];
