// Dropout. Before operator set 7 `is_test` tells the mode, up to 11 files are for inference, from 12 on an input tells it.
import type { OnnxForm } from '../../onnx-form.ts';
import { knownSingle, type Settings } from '../../reading/known-input.ts';
import type { ReadContext, Wire } from '../../reading/read-context.ts';

export const dropoutForm: OnnxForm = {
  op: 'Dropout',
  read(context) {
    context.ignore('seed');
    const { ratio, training } = modeOf(context);
    if (!training) {
      context.result('dropout', { x: context.wire(0), ...ratio.inputs }, ratio.attributes);
      if (context.wanted(1)) context.give(1, ones(context));
      return;
    }
    context.trains();
    if (!context.wanted(1)) {
      context.result('dropout', { x: context.wire(0), ...ratio.inputs }, ratio.attributes);
      return;
    }
    // Ones through a dropout are 0 or not: the mask, which the node itself then takes.
    const one = context.value('cast', { x: ones(context) }, { dtype: 'float32' });
    const drawn = context.value('dropout', { x: one, ...ratio.inputs }, ratio.attributes, { suffix: 'drawn' });
    const mask = context.value('not_equal', { a: drawn, b: context.number(0) }, {}, { suffix: 'mask' });
    const real = context.value('cast', { x: mask }, { dtype: 'float32' });
    context.result('dropout', { x: context.wire(0), mask: real, ...ratio.inputs }, ratio.attributes);
    context.give(1, mask);
  },
  write: { dropout: ({ inputs, result }) => result('Identity', [inputs['x']]) },
};

function modeOf(context: ReadContext): { readonly ratio: Settings; readonly training: boolean } {
  if (context.opset < 12) {
    const training = context.opset < 7 && context.int('is_test', 0) === 0;
    return { ratio: { inputs: {}, attributes: { p: context.float('ratio', 0.5) } }, training };
  }
  const training = context.given(2) && context.decisive(2)[0] !== 0;
  return { ratio: knownSingle(context, 1, 'p'), training };
}

/** int32 ones in the shape of x, whatever the batch. */
function ones(context: ReadContext): Wire {
  const shape = context.value('shape', { x: context.wire(0) });
  return context.value('expand', { x: context.number(1, 'int32'), shape });
}
