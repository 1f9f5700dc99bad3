// PRelu: slopes that broadcast to x; before operator set 7 one number, or one for each channel. As an operator of ours where
// they are one number or one for each channel, in single steps otherwise.
import { numel, type Shape } from '../../../../tensor/shape.ts';
import type { OnnxForm } from '../../onnx-form.ts';
import type { ReadContext } from '../../reading/read-context.ts';
import type { OnnxValue, WriteContext } from '../../writing/write-context.ts';

export const preluForm: OnnxForm = {
  op: 'PRelu',
  read(context) {
    const [shape, slopes] = [context.shape(0), context.shape(1)];
    const channels = context.sizes(0)[1] ?? null;
    const count = numel(slopes);
    const fits = count === 1 || (count === channels && perChannel(context, shape, slopes));
    const weight = fits ? context.parameter(1) : undefined;
    if (weight !== undefined && typeof weight !== 'string') {
      const own = { ...weight.own, shape: [count] };
      context.result('prelu', { x: context.wire(0), weight: { own } }, { num_parameters: count });
    } else if (fits) {
      const flat =
        slopes.length === 1 ? context.wire(1) : context.value('reshape', { x: context.wire(1) }, { shape: [count] });
      context.result('prelu', { x: context.wire(0), weight: flat }, { num_parameters: count });
    } else inSteps(context);
  },
  write: { prelu: write },
};

/** [C] of old, or C laid along dimension 1. */
function perChannel({ opset }: ReadContext, x: Shape, slopes: Shape): boolean {
  if (opset < 7 && slopes.length === 1) return true;
  return slopes.length === x.length - 1 ? (slopes[0] ?? 1) > 1 : slopes.length === x.length && (slopes[1] ?? 1) > 1;
}

function inSteps(context: ReadContext): void {
  const x = context.wire(0);
  const negative = context.value('less', { a: x, b: context.number(0) });
  const sloped = context.value('mul', { a: x, b: context.wire(1) });
  context.result('where', { condition: negative, a: sloped, b: x });
}

function write(context: WriteContext): void {
  const { x, weight } = context.inputs as { readonly x: OnnxValue; readonly weight: OnnxValue };
  const behind = Math.max(0, x.shape.length - 2);
  const count = weight.shape[0] as number;
  const slope =
    behind === 0 || count === 1
      ? weight
      : context.value('Reshape', [weight, context.int64([count, ...Array.from({ length: behind }, () => 1)])]);
  context.result('PRelu', [x, slope]);
}
