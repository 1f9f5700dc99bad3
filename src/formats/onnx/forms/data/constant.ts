// Constant, ConstantOfShape, Identity: numbers of the file, and values under another name. No node of ours but where needed.
import type { Shape } from '../../../../tensor/shape.ts';
import type { OnnxForm } from '../../onnx-form.ts';
import { filled, type Literal, literalOf } from '../../reading/literal.ts';
import type { ReadContext } from '../../reading/read-context.ts';

export const constantForms: readonly OnnxForm[] = [
  {
    op: 'Constant',
    read(context) {
      const literal = given(context) ?? context.fail('its value is neither a tensor nor a list of numbers');
      context.giveLiteral(0, literal);
    },
  },
  {
    op: 'ConstantOfShape',
    read(context) {
      const value = context.tensor('value');
      const [dtype, fill] = [value?.dtype ?? 'float32', value?.data()[0] ?? 0];
      const shape = context.known(0);
      if (shape) context.giveLiteral(0, filled(dtype, sizes(context, shape), fill));
      else if (Number.isFinite(fill)) context.result('full', { shape: context.wire(0) }, { fill_value: fill, dtype });
      else context.result('expand', { x: context.number(fill, dtype), shape: context.wire(0) });
    },
  },
  { op: 'Identity', read: (context) => context.same(0, 0) },
];

function given(context: ReadContext): Literal | undefined {
  const tensor = context.tensor('value');
  if (tensor) return tensor;
  const [reals, wholes] = [context.floats('value_floats'), context.ints('value_ints')];
  if (reals) return literalOf({ dtype: 'float32', shape: [reals.length], data: Float32Array.from(reals) });
  if (wholes) return literalOf({ dtype: 'int32', shape: [wholes.length], data: Int32Array.from(wholes) });
  const [real, whole] = [context.float('value_float'), context.int('value_int')];
  if (real !== undefined) return literalOf({ dtype: 'float32', shape: [], data: Float32Array.of(real) });
  return whole === undefined ? undefined : literalOf({ dtype: 'int32', shape: [], data: Int32Array.of(whole) });
}

/** At most this many elements: what one tensor of ours may hold. */
const mostElements = 2 ** 29;

function sizes(context: ReadContext, shape: Shape): Shape {
  const count = shape.reduce((product, size) => product * size, 1);
  if (shape.some((size) => size < 0) || count > mostElements || shape.length > 8) {
    context.fail(`the shape [${shape.join(', ')}] is not one`);
  }
  return shape;
}
