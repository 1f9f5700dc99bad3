// What is drawn for ONNX's layers and arithmetic: windows, products, normalisation, activations, broadcasting. As
// node-draws.ts.
import type { Draw, NodeInput, RandomNode } from './random-nodes.ts';

type DrawNode = (d: Draw) => RandomNode;

const count = (shape: readonly number[]) => shape.reduce((product, size) => product * size, 1);
const whenever = <T>(d: Draw, value: T, share = 0.5): T | undefined => (d.maybe(share) ? value : undefined);
const held = (d: Draw, places: readonly number[]) => (d.maybe(0.7) ? places : []);
const each = <T>(axes: number, make: () => T): T[] => Array.from({ length: axes }, make);

/** strides, dilations, and pads or auto_pad; nothing where ONNX has a default and luck says so. */
function windows(d: Draw, axes: number, kernel: readonly number[], auto: boolean) {
  const mode = auto && d.maybe(0.4) ? d.pick(['SAME_UPPER', 'SAME_LOWER', 'VALID']) : undefined;
  return {
    strides: whenever(
      d,
      each(axes, () => d.whole(1, 3)),
      0.7,
    ),
    auto_pad: mode,
    pads: mode === undefined && d.maybe(0.6) ? [...kernel, ...kernel].map((size) => d.whole(0, size - 1)) : undefined,
  };
}

/** Shapes that broadcast to `shape`. */
function within(d: Draw, shape: readonly number[]): number[] {
  return shape.slice(d.whole(0, shape.length)).map((size) => (d.maybe(0.3) ? 1 : size));
}

function operands(d: Draw, make: (shape: readonly number[]) => NodeInput): NodeInput[] {
  const shape = d.sizes(d.whole(0, 4), 4);
  const pair = [make(shape), make(within(d, shape))];
  return d.maybe() ? pair : pair.reverse();
}

export const layerDraws: Readonly<Record<string, DrawNode>> = {
  convolutions(d) {
    const axes = d.whole(1, 2);
    const kernel = each(axes, () => d.whole(1, 3));
    const dilations = each(axes, () => d.whole(1, 2));
    const group = d.whole(1, 3);
    const [inputs, outputs] = [group * d.whole(1, 2), group * d.whole(1, 2)];
    const shape = [d.whole(1, 2), inputs, ...each(axes, () => d.whole(6, 9))];
    const own = windows(d, axes, kernel, true);
    const weight = d.reals([outputs, inputs / group, ...kernel]);
    return {
      op: 'Conv',
      opset: d.pick([7, 11, 13]),
      inputs: [d.reals(shape), weight, ...(d.maybe() ? [d.reals([outputs])] : [])],
      held: held(d, [1, 2]),
      attributes: {
        ...own,
        kernel_shape: whenever(d, kernel),
        group: group === 1 ? undefined : group,
        dilations: own.auto_pad?.startsWith('SAME') || d.maybe() ? undefined : dilations,
      },
      outputs: ['float32'],
    };
  },
  'transposed convolutions'(d) {
    const axes = d.whole(1, 2);
    const kernel = each(axes, () => d.whole(2, 3));
    const strides = each(axes, () => d.whole(1, 3));
    const group = d.whole(1, 2);
    const [inputs, outputs] = [group * d.whole(1, 2), d.whole(1, 2)];
    const shape = [d.whole(1, 2), inputs, ...each(axes, () => d.whole(2, 4))];
    return {
      op: 'ConvTranspose',
      opset: d.pick([7, 11]),
      inputs: [
        d.reals(shape),
        d.reals([inputs, outputs, ...kernel]),
        ...(d.maybe() ? [d.reals([outputs * group])] : []),
      ],
      held: held(d, [1, 2]),
      attributes: {
        strides,
        group,
        pads: whenever(
          d,
          [...kernel, ...kernel].map(() => d.whole(0, 1)),
        ),
        output_padding: whenever(
          d,
          strides.map((stride) => d.whole(0, stride - 1)),
        ),
        dilations: whenever(
          d,
          each(axes, () => d.whole(1, 2)),
        ),
      },
      outputs: ['float32'],
    };
  },
  pools(d) {
    const axes = d.whole(1, 2);
    const kernel = each(axes, () => d.whole(2, 3));
    const op = d.pick(['MaxPool', 'AveragePool']);
    const own = windows(d, axes, kernel, true);
    const indices = op === 'MaxPool' && own.auto_pad === undefined && d.maybe();
    return {
      op,
      opset: d.pick([10, 11, 12]),
      inputs: [d.reals([d.whole(1, 2), d.whole(1, 3), ...each(axes, () => d.whole(5, 8))])],
      attributes: {
        ...own,
        kernel_shape: kernel,
        ceil_mode: own.auto_pad === undefined ? whenever(d, d.whole(0, 1)) : undefined,
        count_include_pad: op === 'AveragePool' ? whenever(d, d.whole(0, 1)) : undefined,
        dilations:
          op === 'MaxPool' && own.auto_pad === undefined
            ? whenever(
                d,
                each(axes, () => d.whole(1, 2)),
              )
            : undefined,
      },
      outputs: indices ? ['float32', 'int64'] : ['float32'],
    };
  },
  'averages of spread windows'(d) {
    const axes = d.whole(1, 2);
    const kernel = each(axes, () => d.whole(2, 3));
    const attributes = {
      kernel_shape: kernel,
      dilations: each(axes, () => d.whole(1, 2)),
      strides: whenever(
        d,
        each(axes, () => d.whole(1, 3)),
      ),
      pads: whenever(
        d,
        [...kernel, ...kernel].map((size) => d.whole(0, size - 1)),
      ),
      count_include_pad: whenever(d, d.whole(0, 1)),
    };
    const x = d.reals([d.whole(1, 2), d.whole(1, 3), ...each(axes, () => d.whole(6, 9))]);
    return { op: 'AveragePool', opset: 19, inputs: [x], attributes, outputs: ['float32'] };
  },
  'pools of everything'(d) {
    const x = d.reals(d.sizes(d.whole(3, 4), 4));
    return { op: d.pick(['GlobalAveragePool', 'GlobalMaxPool']), opset: 7, inputs: [x], outputs: ['float32'] };
  },
  'matrix products'(d) {
    const [m, k, n] = [d.whole(1, 4), d.whole(1, 4), d.whole(1, 4)];
    const [left, right] = [d.sizes(d.whole(0, 2), 3), d.maybe()];
    const a = d.maybe(0.2) ? [k] : [...left, m, k];
    const b = d.maybe(0.2) ? [k] : [...(right ? within(d, left) : []), k, n];
    return { op: 'MatMul', opset: 13, inputs: [d.reals(a), d.reals(b)], held: held(d, [1]), outputs: ['float32'] };
  },
  gemm(d) {
    const [m, k, n] = [d.whole(1, 4), d.whole(1, 4), d.whole(1, 4)];
    const [ta, tb] = [d.whole(0, 1), d.whole(0, 1)];
    const c = d.pick([[n], [1, n], [m, n], [m, 1], [1], []]);
    return {
      op: 'Gemm',
      opset: d.pick([7, 9, 11, 13]),
      inputs: [d.reals(ta ? [k, m] : [m, k]), d.reals(tb ? [n, k] : [k, n]), d.reals(c)],
      held: d.maybe(0.7) ? [1, 2] : d.pick([[], [1], [2]]),
      attributes: {
        transA: whenever(d, ta, ta ? 1 : 0.5),
        transB: whenever(d, tb, tb ? 1 : 0.5),
        alpha: whenever(d, { float: 0.5 }, 0.3),
        beta: whenever(d, { float: 1.5 }, 0.3),
      },
      outputs: ['float32'],
    };
  },
  'statistics that are given'(d) {
    const shape = [d.whole(1, 3), d.whole(1, 4), ...d.sizes(d.whole(0, 2), 4)];
    const channels = [shape[1] as number];
    return {
      op: 'BatchNormalization',
      opset: d.pick([7, 9, 14]),
      inputs: [d.reals(shape), d.reals(channels), d.reals(channels), d.reals(channels), d.reals(channels, 0.2)],
      held: held(d, [1, 2, 3, 4]),
      attributes: { epsilon: whenever(d, { float: 1e-2 }) },
      outputs: ['float32'],
    };
  },
  'statistics of an example'(d) {
    const shape = [d.whole(1, 3), d.whole(1, 4), ...d.sizes(d.whole(1, 2), 4)];
    const axis = d.whole(1, shape.length - 1);
    const layer = d.maybe();
    const own = layer ? shape.slice(axis) : [shape[1] as number];
    return {
      op: layer ? 'LayerNormalization' : 'InstanceNormalization',
      opset: 17,
      inputs: [d.reals(shape), d.reals(own), ...(layer && d.maybe(0.3) ? [] : [d.reals(own)])],
      held: held(d, [1, 2]),
      attributes: {
        axis: layer ? d.pick([axis, axis - shape.length]) : undefined,
        epsilon: { float: 0.1 },
      },
      outputs: ['float32'],
    };
  },
  'neighbouring channels'(d) {
    return {
      op: 'LRN',
      opset: 13,
      inputs: [d.reals([d.whole(1, 2), d.whole(1, 6), d.whole(1, 4), d.whole(1, 4)])],
      attributes: {
        size: d.pick([1, 3, 5]),
        alpha: whenever(d, { float: 0.3 }),
        beta: whenever(d, { float: 0.6 }),
        bias: whenever(d, { float: 2 }),
      },
      outputs: ['float32'],
    };
  },
  distributions(d) {
    const rank = d.whole(1, 4);
    const axis = d.whole(0, rank - 1);
    const opset = d.pick([7, 11, 13]);
    const attributes = { axis: opset === 13 || rank === 1 || d.maybe(0.8) ? axis : undefined };
    const op = d.pick(['Softmax', 'LogSoftmax']);
    return { op, opset, inputs: [d.reals(d.sizes(rank), -4, 4)], attributes, outputs: ['float32'] };
  },
  activations(d) {
    const [op, ...names] = d.pick([
      ['Relu'],
      ['Sigmoid'],
      ['Tanh'],
      ['Softplus'],
      ['Softsign'],
      ['HardSwish'],
      ['Mish'],
      ['Elu', 'alpha'],
      ['LeakyRelu', 'alpha'],
      ['Selu', 'alpha', 'gamma'],
      ['HardSigmoid', 'alpha', 'beta'],
      ['ThresholdedRelu', 'alpha'],
      ['Celu', 'alpha'],
      ['Shrink', 'lambd', 'bias'],
    ]) as [string, ...string[]];
    const attributes = Object.fromEntries(names.map((name) => [name, whenever(d, { float: d.whole(1, 5) / 4 })]));
    return { op, opset: 18, inputs: [d.reals(d.sizes(d.whole(0, 3)), -3, 3)], attributes, outputs: ['float32'] };
  },
  'activations with slopes'(d) {
    const shape = d.sizes(d.whole(1, 4), 4);
    const slopes = d.pick([within(d, shape), [1], [shape[1] ?? 1, ...shape.slice(2).map(() => 1)]]);
    return {
      op: 'PRelu',
      opset: d.pick([7, 9]),
      inputs: [d.reals(shape), d.reals(slopes)],
      held: held(d, [1]),
      outputs: ['float32'],
    };
  },
  'arithmetic of two'(d) {
    const op = d.pick(['Add', 'Sub', 'Mul', 'Div']);
    const whole = d.maybe(0.4);
    const numbers = (shape: readonly number[]) =>
      d.wholes(
        'int32',
        Array.from({ length: count(shape) }, () => d.pick([-7, -3, -2, -1, 1, 2, 5, 9])),
        shape,
      );
    const inputs = operands(d, whole ? numbers : (shape) => d.reals(shape, 0.2));
    return { op, opset: 14, inputs, held: d.pick([[], [0], [1]]), outputs: [whole ? 'int32' : 'float32'] };
  },
  'arithmetic of several'(d) {
    const shape = d.sizes(d.whole(0, 3), 4);
    const others = each(d.whole(0, 3), () => d.reals(within(d, shape)));
    const op = d.pick(['Sum', 'Mean', 'Max', 'Min']);
    return { op, opset: 13, inputs: [d.reals(shape), ...others], held: held(d, [1]), outputs: ['float32'] };
  },
  powers(d) {
    const inputs = operands(d, (shape) => d.reals(shape, 0.1));
    return { op: 'Pow', opset: 13, inputs, held: d.pick([[], [1]]), outputs: ['float32'] };
  },
  comparisons(d) {
    const op = d.pick(['Equal', 'Greater', 'GreaterOrEqual', 'Less', 'LessOrEqual']);
    const inputs = operands(d, (shape) =>
      d.wholes(
        'int32',
        Array.from({ length: count(shape) }, () => d.whole(-1, 1)),
        shape,
      ),
    );
    return { op, opset: 16, inputs, outputs: ['bool'] };
  },
  logic(d) {
    const op = d.pick(['And', 'Or', 'Xor', 'Not']);
    const inputs = operands(d, (shape) =>
      d.wholes(
        'bool',
        Array.from({ length: count(shape) }, () => d.whole(0, 1)),
        shape,
      ),
    );
    return { op, opset: 13, inputs: op === 'Not' ? inputs.slice(0, 1) : inputs, outputs: ['bool'] };
  },
  bounds(d) {
    const shape = d.sizes(d.whole(0, 3));
    const [low, high] = [d.maybe(0.7) ? d.reals([], -1, 0) : null, d.maybe(0.7) ? d.reals([], 0, 1) : null];
    return {
      op: 'Clip',
      opset: 13,
      inputs: [d.reals(shape), low, high],
      held: d.pick([[], [1], [1, 2]]),
      outputs: ['float32'],
    };
  },
  functions(d) {
    const op = d.pick(['Abs', 'Cos', 'Exp', 'Log', 'Neg', 'Reciprocal', 'Sign', 'Sin', 'Sqrt', 'Identity', 'Dropout']);
    return { op, opset: 13, inputs: [d.reals(d.sizes(d.whole(0, 3)), 0.1)], outputs: ['float32'] };
  },
};
