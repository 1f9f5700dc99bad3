// NegativeLogLikelihoodLoss and SoftmaxCrossEntropyLoss: classes along dimension 1 in both worlds. Writing is beside the
// composites (writing/composites/class-losses.ts), because ours know more than ONNX's.
import type { OnnxForm } from '../../onnx-form.ts';
import type { ReadContext } from '../../reading/read-context.ts';

/** Without ignore_index no class number is ignored: one that cannot occur. */
const nothingIgnored = -0x8000_0000;

function lossAttributes(context: ReadContext) {
  const reduction = context.text('reduction', 'mean');
  if (!['mean', 'sum', 'none'].includes(reduction)) context.fail(`reduction ${reduction} is not supported`);
  return { dim: 1, reduction, ignore_index: context.int('ignore_index', nothingIgnored) };
}

function lossInputs(context: ReadContext) {
  const weight = context.given(2) ? { weight: context.wire(2) } : {};
  return { x: context.wire(0), target: context.wire(1), ...weight };
}

export const negativeLogLikelihoodForm: OnnxForm = {
  op: 'NegativeLogLikelihoodLoss',
  read: (context) => void context.result('nll_loss', lossInputs(context), lossAttributes(context)),
};

export const softmaxCrossEntropyForm: OnnxForm = {
  op: 'SoftmaxCrossEntropyLoss',
  read(context) {
    const inputs = lossInputs(context);
    context.result('cross_entropy', inputs, lossAttributes(context));
    if (context.wanted(1)) context.give(1, context.value('log_softmax', { x: inputs.x }, { dim: 1 }));
  },
};
