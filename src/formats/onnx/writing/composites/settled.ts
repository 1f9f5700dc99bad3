// Operators whose numbers depend on shapes and attributes alone: what they give stands in the file.
import { allocate } from '../../../../tensor/dtype.ts';
import { numel } from '../../../../tensor/shape.ts';
import type { OnnxValue, WriteContext, WriteForm } from '../write-context.ts';

function settled(context: WriteContext): void {
  const { operator, attributes, inputs } = context;
  const { shape, dtype, sizes } = context.outputs['y'] as OnnxValue;
  if (sizes.some((size) => typeof size !== 'number')) {
    context.cannot('its numbers follow the batch');
    return;
  }
  const tensors = Object.fromEntries(
    Object.entries(inputs).map(([port, given]) => [port, { shape: given.shape, data: new Float64Array() }]),
  );
  const { y } = operator.reference({
    inputs: tensors as never,
    attributes: attributes as never,
    outputs: { y: { dtype, shape } } as never,
    state: {},
    mode: 'eval',
  });
  const data = allocate(dtype, numel(shape));
  data.set(y as Float64Array);
  context.result('Identity', [context.initializer('numbers', { dtype, shape, data })]);
}

export const settledNumbers: Readonly<Record<string, WriteForm>> = {
  anchors: settled,
  arange: settled,
};
