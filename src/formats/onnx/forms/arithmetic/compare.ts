// Comparisons and logic. Truth is int32 here, 0 or 1, and bool in ONNX.
import type { OnnxForm } from '../../onnx-form.ts';
import type { ReadContext } from '../../reading/read-context.ts';
import { int, type WriteContext } from '../../writing/write-context.ts';
import { operands } from './legacy-broadcast.ts';

const int32 = 6;

function comparison(op: string, ours: string): OnnxForm {
  return {
    op,
    read: (context) => void context.result(ours, operands(context)),
    write: {
      [ours]: ({ inputs, value, result }: WriteContext) =>
        result('Cast', [value(op, [inputs['a'], inputs['b']])], { to: int(int32) }),
    },
  };
}

const not: OnnxForm = {
  op: 'Not',
  read: (context) => void context.result('equal', { a: context.wire(0), b: context.number(0, 'int32') }),
};

/** Where a holds b decides, elsewhere nothing holds; and the other way round. */
function logic(op: string, read: (context: ReadContext, a: string, b: string) => void): OnnxForm {
  return {
    op,
    read(context) {
      const { a, b } = operands(context);
      read(context, a, b);
    },
  };
}

export const comparisonForms: readonly OnnxForm[] = [
  comparison('Equal', 'equal'),
  comparison('Greater', 'greater'),
  comparison('GreaterOrEqual', 'greater_equal'),
  comparison('Less', 'less'),
  comparison('LessOrEqual', 'less_equal'),
  not,
  logic('And', (context, a, b) => context.result('where', { condition: a, a: b, b: context.number(0, 'int32') })),
  logic('Or', (context, a, b) => context.result('where', { condition: a, a: context.number(1, 'int32'), b })),
  logic('Xor', (context, a, b) => context.result('not_equal', { a, b })),
];
