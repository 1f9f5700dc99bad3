// Comparisons and logic. Truth is int32 here, 0 or 1, and bool in ONNX.
import type { OnnxForm } from '../../onnx-form.ts';
import { int, type WriteContext } from '../../writing/write-context.ts';
import { operands } from './legacy-broadcast.ts';

const [float32, int32] = [1, 6];

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

const bool = 9;

/** As ONNX takes truth. */
const asBool = ({ inputs, value }: WriteContext, port: string) => value('Cast', [inputs[port]], { to: int(bool) });

const not: OnnxForm = {
  op: 'Not',
  read: (context) => void context.result('logical_not', { x: context.wire(0) }),
  write: {
    logical_not: (context) =>
      context.result('Cast', [context.value('Not', [asBool(context, 'x')])], { to: int(int32) }),
  },
};

function logic(op: string, ours: string): OnnxForm {
  return {
    op,
    read: (context) => void context.result(ours, operands(context)),
    write: {
      [ours]: (context) => {
        const both = context.value(op, [asBool(context, 'a'), asBool(context, 'b')]);
        context.result('Cast', [both], { to: int(int32) });
      },
    },
  };
}

/** A question about each number. */
function question(op: string, ours: string, names: Readonly<Record<string, string>>): OnnxForm {
  return {
    op,
    read(context) {
      const attributes = Object.entries(names).map(([own, theirs]) => [own, context.int(theirs, 1) !== 0]);
      context.result(ours, { x: context.wire(0) }, Object.fromEntries(attributes));
    },
    write: {
      [ours]: ({ inputs, attributes, value, result }) => {
        const { x } = inputs;
        const real = x?.dtype === 'int32' ? value('Cast', [x], { to: int(float32) }) : x;
        const asked = Object.entries(names).map(([own, theirs]) => [theirs, int(attributes[own] === true ? 1 : 0)]);
        result('Cast', [value(op, [real], Object.fromEntries(asked))], { to: int(int32) });
      },
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
  logic('And', 'logical_and'),
  logic('Or', 'logical_or'),
  logic('Xor', 'logical_xor'),
  question('IsNaN', 'isnan', {}),
  question('IsInf', 'isinf', { detect_negative: 'detect_negative', detect_positive: 'detect_positive' }),
];
