// Cast, CastLike: between float32, whole numbers and truth. Narrower types of the file are wider here: nothing wraps round.
import type { DType } from '../../../../tensor/dtype.ts';
import type { OnnxForm } from '../../onnx-form.ts';
import { elementKind, elementName } from '../../reading/decode-tensor.ts';
import { filled, type Literal, literalOf } from '../../reading/literal.ts';
import type { ReadContext } from '../../reading/read-context.ts';
import { int } from '../../writing/write-context.ts';

export const castForms: readonly OnnxForm[] = [
  {
    op: 'Cast',
    read(context) {
      context.ignore('saturate', 'round_mode');
      const to = context.opset < 6 ? nameOf(context.text('to', '')) : elementName(context.int('to', 0));
      cast(context, to);
    },
    write: {
      cast: ({ inputs, attributes, result }) =>
        result('Cast', [inputs['x']], { to: int(attributes['dtype'] === 'int32' ? 6 : 1) }),
    },
  },
  {
    op: 'CastLike',
    read(context) {
      context.ignore('saturate', 'round_mode');
      cast(context, context.declared(1) ?? (context.type(1).dtype === 'int32' ? 'int32' : 'float'));
    },
  },
];

/** Operator sets before 6 write `FLOAT`. */
const nameOf = (text: string): string => text.toLowerCase();

const kinds = new Map(
  Array.from({ length: 24 }, (_, type) => type).flatMap((type) => {
    const kind = elementKind(type);
    return kind ? [[kind.name, kind.dtype] as const] : [];
  }),
);

function cast(context: ReadContext, to: string): void {
  const dtype = kinds.get(to) ?? context.fail(`elements of type ${to} are not supported`);
  const from = context.type(0).dtype;
  if (to === 'bool' && context.declared(0) !== 'bool') {
    const zero = context.number(0, from);
    context.result('not_equal', { a: context.wire(0), b: zero });
    return;
  }
  const literal = context.literal(0);
  if (from === dtype) context.same(0, 0);
  else if (literal) context.giveLiteral(0, converted(context, literal, dtype));
  else context.result('cast', { x: context.wire(0) }, { dtype });
}

function converted(context: ReadContext, { fill, shape, data }: Literal, dtype: DType): Literal {
  const fits = (value: number) => dtype === 'float32' || Math.abs(value) < 2 ** 31;
  if (!(fill === undefined ? data().every(fits) : fits(fill))) context.fail('holds numbers that int32 cannot hold');
  if (fill !== undefined) return filled(dtype, shape, dtype === 'int32' ? Math.trunc(fill) : fill);
  return literalOf({ dtype, shape, data: dtype === 'int32' ? Int32Array.from(data()) : Float32Array.from(data()) });
}
