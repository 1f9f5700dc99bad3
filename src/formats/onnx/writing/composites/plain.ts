// Small operators that ONNX has no word for.
import { arithmetic, reduce, reshape } from '../arithmetic.ts';
import { int, type OnnxValue, type WriteForm } from '../write-context.ts';

const same: WriteForm = (context) => context.result('Identity', [context.inputs['x']]);

export const plain: Readonly<Record<string, WriteForm>> = {
  detach: same,
  // In inference nothing is dropped.
  dropout2d: same,
  drop_connect: same,
  square: ({ inputs, result }) => result('Mul', [inputs['x'], inputs['x']]),
  silu: ({ inputs, value, result }) => result('Mul', [inputs['x'], value('Sigmoid', [inputs['x']])]),
  not_equal(context) {
    const a = arithmetic(context);
    context.result('Cast', [a.not(a.equal(context.inputs['a'], context.inputs['b']))], { to: int(6) });
  },
  maxout(context) {
    const x = context.inputs['x'] as OnnxValue;
    const size = context.attributes['group_size'] as number;
    const [batch = 1, channels, ...rest] = x.sizes;
    const groups = (channels as number) / size;
    const grouped = reshape(context, x, x.sizes, [batch, groups, size, ...rest]);
    reduce(context, 'ReduceMax', grouped, { axes: [2], port: 'y' });
  },
};
