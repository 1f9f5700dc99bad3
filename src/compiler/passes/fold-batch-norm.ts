// fold-batch-norm: where a convolution's or product's store scales and shifts each channel by what does not depend on the numbers
// stored (bias, batch norm by its running statistics), scale and shift are worked out once a channel: Σ·a + c. Where outputs
// outnumber weights by far, the weights take the scale. It rounds otherwise, so strict numerics do without.

import { createExpressionBuilder, type ExpressionBuilder, type Line } from '../../program/expression-builder.ts';
import type { Access, Conv2dSpec, Epilogue, Expression, GemmSpec } from '../../program/kernel-spec.ts';
import type { Instruction, Program, Value, ValueId } from '../../program/program.ts';
import { assert } from '../../tensor/assert.ts';
import { numel, rowMajorStrides, type Shape } from '../../tensor/shape.ts';
import type { Pass } from './pass.ts';

/** Scaling a weight takes about as long as scaling an output where it is stored; it is read and written once more. */
const outputsPerWeight = 4;

export const foldBatchNorm: Pass = {
  name: 'fold-batch-norm',
  mergesSteps: true,
  run(program: Program, { numerics }): Program {
    if (numerics === 'strict') return program;
    const values: Value[] = [...program.values];
    const instructions = program.instructions.flatMap((instruction) => folded(instruction, values) ?? [instruction]);
    return { ...program, values, instructions };
  },
};

type Stored = (GemmSpec | Conv2dSpec) & { readonly epilogue: Epilogue };

/** What a line of the epilogue is of the number Σ that is stored: Σ·scale + shift, no Σ at all, or something else. */
type Form = { readonly scale: Line | null; readonly shift: Line | null } | 'channel' | 'other';

function folded(instruction: Instruction, values: Value[]): Instruction[] | null {
  const { kernel } = instruction;
  if ((kernel.op !== 'gemm' && kernel.op !== 'conv2d') || kernel.epilogue === null) return null;
  // What is stored on the way must be what the graph calls it.
  if (kernel.epilogue.also) return null;
  const stored = kernel as Stored;
  const output = values[instruction.outputs[0] as ValueId] as Value;
  const shape = kernel.op === 'gemm' ? [...kernel.batch, kernel.m, kernel.n] : output.shape;
  const axis = kernel.op === 'gemm' ? shape.length - 1 : 1;
  const first = instruction.inputs.length - stored.epilogue.inputs.length;
  const { builder: e, body } = createExpressionBuilder();
  const forms = formsOf(stored.epilogue, axis, e);
  const last = lastForm(stored.epilogue.body, forms);
  if (last < 0) return null;
  const form = forms[last] as Exclude<Form, string>;
  const lines = [form.scale, form.shift].filter((line) => line !== null);

  const name = (what: string) => `${output.name}:${what}`;
  const declare = (what: string, size: Shape): ValueId =>
    values.push({ id: values.length, name: name(what), dtype: 'float32', shape: size, kind: 'computed' }) - 1;
  const channels = shape[axis] as number;
  const made = { origin: instruction.origin, madeBy: 'fold-batch-norm' };
  const [scaled, shifted] = [form.scale, form.shift].map((line, i) =>
    line === null ? null : declare(i === 0 ? 'scale' : 'shift', [channels]),
  ) as [ValueId | null, ValueId | null];
  const results = [scaled, shifted].filter((id) => id !== null);
  const used = compact(body, lines);
  const perChannel: Instruction = {
    ...made,
    label: 'scale and shift',
    inputs: used.inputs.map((input) => instruction.inputs[first + input - 1] as ValueId),
    outputs: results,
    kernel: {
      op: 'elementwise',
      shape: [channels],
      inputs: used.inputs.map((input) => {
        const { dtype, offset, strides } = stored.epilogue.inputs[input - 1] as Access;
        return { dtype, offset, strides: [strides[axis] as number] };
      }),
      body: used.body,
      outputs: results.map((_, slot) => ({
        dtype: 'float32',
        offset: 0,
        strides: [1],
        slot,
        value: used.lines[slot] as number,
      })),
    },
  };

  const along = shape.map((_, at) => (at === axis ? 1 : 0));
  const access: Access = { dtype: 'float32', offset: 0, strides: along };
  const weights = values[instruction.inputs[1] as ValueId] as Value;
  const moves =
    scaled !== null &&
    kernel.op === 'conv2d' &&
    kernel.direction === 'forward' &&
    numel(output.shape) >= outputsPerWeight * numel(weights.shape);
  const operands: { readonly id: ValueId; readonly access: Access; readonly line: 'scale' | 'shift' }[] = [];
  if (scaled !== null && !moves) operands.push({ id: scaled, access, line: 'scale' });
  if (shifted !== null) operands.push({ id: shifted, access, line: 'shift' });
  const epilogue = rewritten(
    stored.epilogue,
    last,
    operands.map(({ line }) => line),
  );
  const kept = epilogue.kept.map((input) => instruction.inputs[first + input - 1] as ValueId);
  const plain = instruction.inputs.slice(0, first);
  const convolved: Instruction = {
    ...instruction,
    madeBy: 'fold-batch-norm',
    inputs: [...plain, ...operands.map(({ id }) => id), ...kept],
    kernel: {
      ...stored,
      epilogue: {
        inputs: [
          ...operands.map((operand) => operand.access),
          ...epilogue.kept.map((input) => stored.epilogue.inputs[input - 1] as Access),
        ],
        body: epilogue.body,
      },
    },
  };
  if (!moves) return [perChannel, convolved];
  const target = declare('weight', weights.shape);
  const scaling: Instruction = {
    ...made,
    label: 'scaled weights',
    inputs: [weights.id, scaled],
    outputs: [target],
    kernel: {
      op: 'elementwise',
      shape: weights.shape,
      inputs: [
        { dtype: 'float32', offset: 0, strides: rowMajorStrides(weights.shape) },
        { dtype: 'float32', offset: 0, strides: weights.shape.map((_, at) => (at === 0 ? 1 : 0)) },
      ],
      body: [
        { op: 'input', input: 0 },
        { op: 'input', input: 1 },
        { op: 'mul', a: 0, b: 1 },
      ],
      outputs: [{ dtype: 'float32', offset: 0, strides: rowMajorStrides(weights.shape), slot: 0, value: 2 }],
    },
  };
  return [perChannel, scaling, { ...convolved, inputs: [plain[0] as ValueId, target, ...convolved.inputs.slice(2)] }];
}

/** Every line's form; what belongs to channels is written with `e`, its inputs numbered as the epilogue's. */
function formsOf({ inputs, body }: Epilogue, axis: number, e: ExpressionBuilder): readonly Form[] {
  const forms: Form[] = [];
  const channel = new Map<number, Line>();
  const written = (line: Expression): Line | null => {
    if (line.op === 'const') return e.constant(line.value);
    if (line.op === 'coord' || line.op === 'select') return null;
    if (line.op === 'input') {
      const strides = inputs[line.input - 1]?.strides;
      return strides?.every((stride, other) => stride === 0 || other === axis) ? e.input(line.input) : null;
    }
    const [x, y] = [channel.get(line.a), 'b' in line ? channel.get(line.b) : null];
    if (x === undefined || y === undefined) return null;
    return 'b' in line ? e[line.op](x, y as Line) : e[line.op](x);
  };
  for (const [at, line] of body.entries()) {
    const own = written(line);
    if (own !== null) {
      channel.set(at, own);
      forms.push('channel');
    } else if (line.op === 'input') forms.push(line.input === 0 ? { scale: null, shift: null } : 'other');
    else if (line.op === 'const' || line.op === 'coord' || line.op === 'select') forms.push('other');
    else {
      const b = 'b' in line ? line.b : null;
      const right = b === null ? null : (forms[b] as Form);
      forms.push(affine(line.op, forms[line.a] as Form, right, channel.get(line.a), channel.get(b ?? -1), e));
    }
  }
  return forms;
}

/** The form of one operation on a line that is Σ·scale + shift and one that belongs to channels. */
function affine(
  op: string,
  left: Form,
  right: Form | null,
  a: Line | undefined,
  b: Line | undefined,
  e: ExpressionBuilder,
): Form {
  const form = typeof left === 'object' ? left : right;
  const other = typeof left === 'object' ? b : a;
  if (typeof form !== 'object' || form === null) return 'other';
  const { scale, shift } = form;
  if (op === 'neg' && right === null)
    return { scale: scale === null ? e.constant(-1) : e.neg(scale), shift: shift === null ? null : e.neg(shift) };
  if (other === undefined || (typeof left === 'object' && typeof right === 'object')) return 'other';
  if (op === 'add') return { scale, shift: shift === null ? other : e.add(shift, other) };
  if (op === 'sub' && form === left) return { scale, shift: shift === null ? e.neg(other) : e.sub(shift, other) };
  if (op === 'mul')
    return { scale: scale === null ? other : e.mul(scale, other), shift: shift === null ? null : e.mul(shift, other) };
  return 'other';
}

/** The last line that is Σ·scale + shift, of which alone the lines behind it know; −1 where nothing is gained. */
function lastForm(body: readonly Expression[], forms: readonly Form[]): number {
  for (let last = forms.length - 1; last > 0; last--) {
    const form = forms[last];
    if (typeof form !== 'object' || form.scale === null) continue;
    const region = forms.slice(0, last + 1).filter((each, at) => typeof each === 'object' && body[at]?.op !== 'input');
    const reads = (line: Expression): readonly number[] =>
      line.op === 'select'
        ? [line.condition, line.a, line.b]
        : 'b' in line
          ? [line.a, line.b]
          : 'a' in line
            ? [line.a]
            : [];
    const clean = body.every((line, at) => {
      const behind = at > last;
      const inRegion = at <= last && typeof forms[at] === 'object';
      return (
        inRegion ||
        reads(line).every((read) => typeof forms[read] !== 'object' || (behind && (read === last || read > last)))
      );
    });
    if (clean && region.length > 2) return last;
  }
  return -1;
}

/** The lines that `wanted` need, with inputs numbered anew; `inputs` are the old numbers. */
function compact(body: readonly Expression[], wanted: readonly Line[]) {
  const { builder: e, body: short } = createExpressionBuilder();
  const inputs: number[] = [];
  const copy = createCopier(body, e, (input) => {
    const known = inputs.indexOf(input);
    return e.input(known >= 0 ? known : inputs.push(input) - 1);
  });
  return { lines: wanted.map((line) => copy(line)), body: short, inputs };
}

/** The epilogue with Σ·scale + shift in place of line `last`; `kept` are the inputs that it still reads. */
function rewritten({ body }: Epilogue, last: number, operands: readonly ('scale' | 'shift')[]) {
  const { builder: e, body: short } = createExpressionBuilder();
  const kept: number[] = [];
  let start = e.input(0);
  operands.forEach((what, i) => {
    start = what === 'scale' ? e.mul(start, e.input(i + 1)) : e.add(start, e.input(i + 1));
  });
  const copy = createCopier(
    body,
    e,
    (input) => {
      const known = kept.indexOf(input);
      return e.input(1 + operands.length + (known >= 0 ? known : kept.push(input) - 1));
    },
    new Map([[last, start]]),
  );
  const result = copy(body.length - 1);
  assert(result === short.length - 1, 'what is stored is the last line');
  return { body: short, kept };
}

/** Writes lines of `body` with `e`, each once; `done` are lines that stand already. */
function createCopier(
  body: readonly Expression[],
  e: ExpressionBuilder,
  input: (input: number) => Line,
  done: Map<number, Line> = new Map(),
): (at: number) => Line {
  const write = (line: Expression): Line => {
    switch (line.op) {
      case 'input':
        return input(line.input);
      case 'const':
        return e.constant(line.value);
      case 'coord':
        return e.coordinate(line.axis);
      case 'select':
        return e.select(copy(line.condition), copy(line.a), copy(line.b));
      default:
        return 'b' in line ? e[line.op](copy(line.a), copy(line.b)) : e[line.op](copy(line.a));
    }
  };
  const copy = (at: number): Line => {
    const known = done.get(at) ?? write(body[at] as Expression);
    done.set(at, known);
    return known;
  };
  return copy;
}
