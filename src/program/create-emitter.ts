// Writes the instructions that the `Emitter` offers: one method a kernel, each a spec with the accesses of its operands. What
// becomes of them is left to the builder.
import { assert } from '../tensor/assert.ts';
import type { DType } from '../tensor/dtype.ts';
import { broadcastShapes, numel, rowMajorStrides, type Shape, sameShape } from '../tensor/shape.ts';
import { accessOf, broadcastTo, isContiguous, type Operand, type Ref, refOf, strided } from './access.ts';
import { groupPieces } from './assemble-groups.ts';
import type { Emitter, EpilogueOptions, ExpressionsFunction, ReduceOptions } from './emitter.ts';
import { createExpressionBuilder, type Line } from './expression-builder.ts';
import { isIntegerBody } from './integer-body.ts';
import type { Epilogue, Expression, IntegerSpec, KernelSpec, ReduceSpec } from './kernel-spec.ts';

/** What instructions are written into. */
export interface Writing {
  /** A value that the next instruction computes. */
  fresh(dtype: DType, shape: Shape): Ref;
  append(kernel: KernelSpec, inputs: readonly Operand[], outputs: readonly Ref[], label?: string): void;
  /** A value of known numbers. */
  fixed(dtype: DType, shape: Shape, data: ArrayLike<number>): Ref;
  /** Has the value a name that people know? */
  isNamed(ref: Ref): boolean;
  /** What the next random numbers come from. */
  draw(): { readonly counter: Ref; readonly stream: number };
}

/** A tensor as [outer, size, inner] around one axis. */
function aroundAxis(shape: Shape, axis: number): { outer: number; size: number; inner: number } {
  return { outer: numel(shape.slice(0, axis)), size: shape[axis] as number, inner: numel(shape.slice(axis + 1)) };
}

/** Sizes of what a fold leaves. */
function keptShape(shape: Shape, { axes, keepdim }: Pick<ReduceOptions, 'axes' | 'keepdim'>): Shape {
  return keepdim
    ? shape.map((size, axis) => (axes.includes(axis) ? 1 : size))
    : shape.filter((_, axis) => !axes.includes(axis));
}

/** Copies keep their bits anyway, as fast as memory allows. */
function isCopy(body: readonly Expression[]): boolean {
  return body.length === 1 && body[0]?.op === 'input';
}

function isInteger(operands: readonly Operand[], body: readonly Expression[]): boolean {
  return operands.every((operand) => refOf(operand).dtype === 'int32') && isIntegerBody(body);
}

/** Writes through the hooks it is given. Operands whose shapes do not fit are a bug of who writes, and throw. */
export function createEmitter({ fresh, append, fixed, isNamed, draw }: Writing): Emitter {
  const broadcastOf = (operands: readonly Operand[]): Shape => {
    let shape: Shape = [];
    for (const operand of operands) {
      const next = broadcastShapes(shape, operand.shape);
      assert(next, `operands do not broadcast: ${operands.map((o) => `[${o.shape}]`).join(' ')}`);
      shape = next;
    }
    return shape;
  };
  const bodyOf = (count: number, f: ExpressionsFunction) => {
    const { builder, body } = createExpressionBuilder();
    const lines = f(builder, ...Array.from({ length: count }, (_, i) => builder.input(i)));
    return { body, lines };
  };
  const epilogueOf = (
    shape: Shape,
    given: EpilogueOptions | undefined,
  ): { epilogue: Epilogue | null; operands: readonly Operand[] } => {
    if (!given) return { epilogue: null, operands: [] };
    const { body, lines } = bodyOf(given.operands.length + 1, (e, ...xs) => [given.value(e, ...xs)]);
    assert(lines[0] === body.length - 1, 'the last line of an epilogue is its result');
    return { epilogue: { inputs: given.operands.map((o) => accessOf(o, shape)), body }, operands: given.operands };
  };

  const integer = (
    operands: readonly Operand[],
    shape: Shape,
    body: readonly Expression[],
    axes: readonly number[],
    by: IntegerSpec['by'],
    kept: Shape,
  ): Ref => {
    const out = fresh('int32', kept);
    append({ op: 'integer', shape, axes, by, inputs: operands.map((o) => accessOf(o, shape)), body }, operands, [out]);
    return out;
  };

  const emit: Emitter = {
    map: (operands, f, more = {}) =>
      emit.mapMany(operands, (e, ...xs) => [f(e, ...xs)], {
        ...(more.shape ? { shape: more.shape } : {}),
        dtypes: [more.dtype ?? 'float32'],
      })[0] as Ref,

    mapMany(operands, f, more = {}) {
      const shape = more.shape ?? broadcastOf(operands);
      const { body, lines } = bodyOf(operands.length, f);
      if (lines.length === 1 && more.dtypes?.[0] === 'int32' && !isCopy(body) && isInteger(operands, body)) {
        return [integer(operands, shape, body.slice(0, (lines[0] as number) + 1), [], 'sum', shape)];
      }
      const outputs = lines.map((_, i) => fresh(more.dtypes?.[i] ?? 'float32', shape));
      const strides = rowMajorStrides(shape);
      append(
        {
          op: 'elementwise',
          shape,
          inputs: operands.map((o) => accessOf(o, shape)),
          body,
          outputs: lines.map((value, slot) => ({
            slot,
            value,
            dtype: (outputs[slot] as Ref).dtype,
            offset: 0,
            strides,
          })),
        },
        operands,
        outputs,
      );
      return outputs;
    },

    mapColumns(operands, f) {
      const shape = broadcastOf(operands);
      const { body, lines } = bodyOf(operands.length, f);
      const width = shape.at(-1) ?? 1;
      const whole = [...shape.slice(0, -1), width * lines.length];
      const out = fresh('float32', whole);
      const strides = rowMajorStrides(whole);
      append(
        {
          op: 'elementwise',
          shape,
          inputs: operands.map((o) => accessOf(o, shape)),
          body,
          outputs: lines.map((value, i) => ({ slot: 0, value, dtype: 'float32', offset: i * width, strides })),
        },
        operands,
        [out],
      );
      return out;
    },

    reduce(operands, more) {
      const { value, dtype, ...rest } = more;
      if (dtype === 'int32') {
        const shape = broadcastOf(operands);
        const { body, lines } = bodyOf(operands.length, (e, ...xs) => [value ? value(e, ...xs) : (xs[0] as Line)]);
        assert(isInteger(operands, body) && !more.finish, 'whole numbers are folded from whole numbers');
        const kept = keptShape(shape, more);
        return integer(operands, shape, body.slice(0, (lines[0] as number) + 1), more.axes, more.by ?? 'sum', kept);
      }
      return emit.reduceMany(operands, {
        ...rest,
        values: (e, ...xs) => [value ? value(e, ...xs) : (xs[0] as Line)],
      })[0] as Ref;
    },

    reduceMany(operands, more) {
      const shape = broadcastOf(operands);
      const { body, lines } = bodyOf(operands.length, more.values);
      const finishing = createExpressionBuilder();
      const accumulated = finishing.builder.input(0);
      const last = more.finish ? more.finish(finishing.builder, accumulated) : accumulated;
      assert(last === finishing.body.length - 1, 'the last line of `finish` is its result');
      const outShape = keptShape(shape, more);
      const outputs = lines.map(() => fresh('float32', outShape));
      const spec: ReduceSpec = {
        op: 'reduce',
        shape,
        axes: more.axes,
        inputs: operands.map((o) => accessOf(o, shape)),
        body,
        outputs: lines.map((line) => ({ value: line, by: more.by ?? 'sum', finish: finishing.body })),
      };
      append(spec, operands, outputs);
      return outputs;
    },

    sumTo(operand, shape) {
      const lead = operand.shape.length - shape.length;
      const axes = operand.shape
        .map((_, axis) => axis)
        .filter((axis) => axis < lead || (shape[axis - lead] === 1 && operand.shape[axis] !== 1));
      if (axes.length === 0) return emit.copy(operand);
      const sum = emit.reduce([operand], { axes, keepdim: true });
      return sameShape(sum.shape, shape) ? sum : emit.view(sum, shape);
    },

    argReduce(operand, axis, by) {
      const out = fresh(
        'int32',
        operand.shape.filter((_, i) => i !== axis),
      );
      append(
        { op: 'arg_reduce', shape: operand.shape, axis, by, input: accessOf(operand, operand.shape) },
        [operand],
        [out],
      );
      return out;
    },

    gemm({ a, b, epilogue: given }) {
      const [m, k] = [a.shape.at(-2) as number, a.shape.at(-1) as number];
      const n = b.shape.at(-1) as number;
      assert(b.shape.at(-2) === k, `gemm inner sizes ${k} and ${b.shape.at(-2)}`);
      const batch = broadcastShapes(a.shape.slice(0, -2), b.shape.slice(0, -2));
      assert(batch, 'gemm batch sizes do not broadcast');
      const shape = [...batch, m, n];
      const side = (operand: Operand, rows: number, columns: number) => {
        const view = broadcastTo(strided(operand), [...batch, rows, columns]);
        return {
          offset: view.offset,
          batch: view.strides.slice(0, -2),
          row: view.strides.at(-2) as number,
          column: view.strides.at(-1) as number,
        };
      };
      const { epilogue, operands } = epilogueOf(shape, given);
      const out = fresh('float32', shape);
      append({ op: 'gemm', batch, m, n, k, a: side(a, m, k), b: side(b, k, n), epilogue }, [a, b, ...operands], [out]);
      return out;
    },

    conv2d(direction, geometry, inputs, given) {
      const g = geometry;
      const shape =
        direction === 'forward'
          ? [g.batch, g.outChannels, ...g.outSize]
          : direction === 'input_grad'
            ? [g.batch, g.inChannels, ...g.inSize]
            : [g.outChannels, g.inChannels / g.groups, ...g.kernel];
      const { epilogue, operands } = epilogueOf(shape, given);
      const out = fresh('float32', shape);
      append({ op: 'conv2d', direction, geometry, epilogue }, [...inputs, ...operands], [out]);
      return out;
    },

    maxPool2d(geometry, x, shape) {
      const y = fresh('float32', shape);
      const indices = fresh('int32', shape);
      append({ op: 'max_pool2d', geometry }, [x], [y, indices]);
      return [y, indices];
    },

    maxPool2dGrad(geometry, dy, indices, shape) {
      const out = fresh('float32', shape);
      append({ op: 'max_pool2d_grad', geometry }, [dy, indices], [out]);
      return out;
    },

    avgPool2d(geometry, direction, x, shape, countIncludePad) {
      const out = fresh('float32', shape);
      append({ op: 'avg_pool2d', direction, geometry, countIncludePad }, [x], [out]);
      return out;
    },

    softmax(x, axis, log) {
      const out = fresh('float32', x.shape);
      append({ op: 'softmax', ...aroundAxis(x.shape, axis), log }, [x], [out]);
      return out;
    },

    gather(x, axis, index) {
      const out = fresh(x.dtype, [...x.shape.slice(0, axis), ...index.shape, ...x.shape.slice(axis + 1)]);
      append({ op: 'gather', ...aroundAxis(x.shape, axis), count: numel(index.shape) }, [x, index], [out]);
      return out;
    },

    scatterAdd(dy, axis, index, shape) {
      const out = fresh('float32', shape);
      append({ op: 'scatter_add', ...aroundAxis(shape, axis), count: numel(index.shape) }, [dy, index], [out]);
      return out;
    },

    assemble(shape, given, fill = 0) {
      const pieces = groupPieces(given, (whole, group) => emit.assemble(whole, group, fill));
      const strides = rowMajorStrides(shape);
      const dtype = pieces[0] ? refOf(pieces[0].operand).dtype : 'float32';
      const out = fresh(dtype, shape);
      append(
        {
          op: 'assemble',
          shape,
          dtype,
          fill,
          pieces: pieces.map(({ operand, at, steps }) => ({
            shape: operand.shape,
            input: accessOf(operand, operand.shape),
            output: {
              dtype,
              offset: at.reduce((sum, position, axis) => sum + position * (strides[axis] as number), 0),
              strides: strides.map((stride, axis) => stride * (steps?.[axis] ?? 1)),
            },
          })),
        },
        pieces.map((piece) => piece.operand),
        [out],
      );
      return out;
    },

    bernoulli(shape, keep) {
      const { counter, stream } = draw();
      const out = fresh('float32', shape);
      append({ op: 'bernoulli', count: numel(shape), keep, stream }, [counter], [out], 'random mask');
      return out;
    },

    greedySelect(conflicts) {
      const out = fresh('float32', conflicts.shape.slice(0, -1));
      const [batch, count] = [numel(out.shape.slice(0, -1)), out.shape.at(-1) as number];
      append({ op: 'greedy_select', batch, count }, [conflicts], [out]);
      return out;
    },

    view(operand, shape) {
      assert(numel(shape) === numel(operand.shape), `view of ${numel(operand.shape)} elements as [${shape}]`);
      if (!('ref' in operand) && !isNamed(operand) && sameShape(operand.shape, shape)) return operand;
      const source = isContiguous(operand) ? refOf(operand) : emit.copy(operand);
      const out = fresh(source.dtype, shape);
      append({ op: 'view' }, [source], [out]);
      return out;
    },

    copy: (operand) => emit.map([operand], (_, x) => x as Line, { dtype: refOf(operand).dtype }),

    fill: (shape, value, dtype = 'float32') => emit.map([], (e) => e.constant(value), { shape, dtype }),

    constant: (shape, data, dtype = 'float32') => fixed(dtype, shape, data),
  };

  return emit;
}
