// What people are told: each fault names the port or attribute, the numbers, and what to do, in words that follow the
// node's name: "`sum`.b: …". Faults of attributes that the schema catches are the schema's.
import { describe, expect, test } from 'vitest';
import type { TensorType } from '../../../src/operators/define-operator.ts';
import { type OpId, operators } from '../../../src/operators/registry.generated.ts';
import type { Shape } from '../../../src/tensor/shape.ts';
import { inferOperator, type Numbers, runOperator } from '../../support/operator-harness.ts';

type Given = Shape | TensorType;

const int32 = (...shape: number[]): TensorType => ({ dtype: 'int32', shape });

function diagnose(
  op: OpId,
  inputs: Readonly<Record<string, Given>>,
  attributes: Readonly<Record<string, unknown>> = {},
) {
  const types = Object.fromEntries(
    Object.entries(inputs).map(([port, given]) => [
      port,
      'shape' in given ? given : { dtype: 'float32' as const, shape: given },
    ]),
  );
  return inferOperator(operators[op], { attributes, inputs: types });
}

interface Fault {
  readonly op: OpId;
  readonly inputs: Readonly<Record<string, Given>>;
  readonly attributes?: Readonly<Record<string, unknown>>;
  /** `E_CODE port-or-attribute: message` */
  readonly told: string;
  readonly fix?: unknown;
  readonly hint?: string;
}

const faults: Readonly<Record<string, readonly Fault[]>> = {
  arithmetic: [
    {
      op: 'add',
      inputs: { a: [2, 3, 4], b: [2, 4] },
      told: 'E_BROADCAST b: 2×4 from `b_source` does not broadcast with 2×3×4 from `a_source`: counted from the right, dimension 2 is 2 against 3',
      hint: 'Sizes must be equal, or one of them 1.',
    },
    {
      op: 'pow',
      inputs: { a: [2], b: [3] },
      told: 'E_BROADCAST b: 3 from `b_source` does not broadcast with 2 from `a_source`: counted from the right, dimension 1 is 3 against 2',
    },
    {
      op: 'matmul',
      inputs: { a: [3, 4], b: [5, 4] },
      told: 'E_INNER b: 3×4 from `a_source` times 5×4 from `b_source`: a row of a has 4 elements, a column of b 5',
      hint: 'Transposing the last two dimensions of b would fit.',
    },
    {
      op: 'matmul',
      inputs: { a: [2, 3, 4], b: [3, 4, 5] },
      told: 'E_BROADCAST b: 2×3×4 from `a_source` times 3×4×5 from `b_source`: the leading dimensions do not broadcast',
    },
    { op: 'exp', inputs: { x: int32(3) }, told: 'E_DTYPE x: expects float32, gets int32' },
  ],
  reduction: [
    {
      op: 'sum',
      inputs: { x: [2, 3] },
      attributes: { dim: [2] },
      told: 'E_DIM dim: dimension 2 does not exist: 2×3 has the dimensions -2 … 1',
    },
    {
      op: 'amax',
      inputs: { x: [2, 3] },
      attributes: { dim: [1, -1] },
      told: 'E_DIM dim: dimension -1 is named twice in [1, -1]',
    },
    {
      op: 'mean',
      inputs: { x: [] },
      attributes: { dim: [0] },
      told: 'E_DIM dim: dimension 0 does not exist: a scalar has no dimensions',
    },
  ],
  activation: [
    {
      op: 'softmax',
      inputs: { x: [4] },
      attributes: { dim: 1 },
      told: 'E_DIM dim: dimension 1 does not exist: 4 has the dimensions -1 … 0',
    },
  ],
  linear: [
    {
      op: 'linear',
      inputs: { x: [32, 16, 5, 5] },
      attributes: { in_features: 400 },
      told: 'E_FEATURES x: expects 400 features, gets 5 (32×16×5×5) from `x_source`',
      fix: { kind: 'insert', title: 'Insert flatten', port: 'x', op: 'flatten' },
    },
  ],
  shape: [
    {
      op: 'flatten',
      inputs: { x: [2, 3] },
      attributes: { start_dim: 1, end_dim: 0 },
      told: 'E_DIM end_dim: the last dimension, 0, comes before the first, 1',
    },
    {
      op: 'reshape',
      inputs: { x: [2, 6] },
      attributes: { shape: [5, -1] },
      told: 'E_SHAPE shape: [5, -1] needs a multiple of 5 elements, 2×6 from `x_source` has 12',
    },
    {
      op: 'reshape',
      inputs: { x: [2, 6] },
      attributes: { shape: [3, 3] },
      told: 'E_SHAPE shape: [3, 3] holds 9 elements, 2×6 from `x_source` has 12',
    },
    {
      op: 'reshape',
      inputs: { x: [2, 6] },
      attributes: { shape: [-1, -1] },
      told: 'E_SHAPE shape: [-1, -1] leaves 2 sizes open, only one -1 can be told',
    },
    {
      op: 'reshape',
      inputs: { x: [2, 6] },
      attributes: { shape: [2, 6, 0] },
      told: 'E_SHAPE shape: [2, 6, 0] keeps the size of dimension 2, 2×6 from `x_source` has 2',
      hint: 'Write the size itself, or -1 for what is left.',
    },
    {
      op: 'concat',
      inputs: { x0: [2, 3, 4, 4], x1: [2, 3, 5, 4] },
      told: 'E_SIZES x1: 2×3×5×4 from `x1_source` beside 2×3×4×4 from `x0_source`: dimension 2 is 5 against 4; only dimension 1 may differ',
    },
    {
      op: 'concat',
      inputs: { x0: [2, 3], x1: [2, 3, 1] },
      told: 'E_RANK x1: 2×3×1 from `x1_source` beside 2×3 from `x0_source`: the ranks differ',
    },
    {
      op: 'concat',
      inputs: { x0: [2, 3], x1: int32(2, 3) },
      told: 'E_DTYPE x1: 2×3 from `x1_source` beside 2×3 from `x0_source`: int32 beside float32',
    },
    { op: 'concat', inputs: { x0: [2, 3] }, told: 'E_UNWIRED x: needs 2 wires' },
    {
      op: 'stack',
      inputs: { x0: [2, 3], x1: [3, 2] },
      told: 'E_SIZES x1: 3×2 from `x1_source` beside 2×3 from `x0_source`: stacked tensors have equal shapes',
    },
    {
      op: 'stack',
      inputs: { x0: [2] },
      attributes: { dim: 2 },
      told: 'E_DIM dim: dimension 2 does not exist: the result has the dimensions -2 … 1',
    },
    {
      op: 'select',
      inputs: { x: [3, 4] },
      attributes: { index: 3 },
      told: 'E_INDEX index: element 3 does not exist: dimension 0 of 3×4 has 3',
    },
    {
      op: 'transpose',
      inputs: { x: [3, 4] },
      attributes: { dims: [0] },
      told: 'E_DIM dims: [0] orders 1 dimensions, there are 2',
    },
    {
      op: 'slice',
      inputs: { x: [3, 4] },
      attributes: { starts: [2], ends: [1] },
      told: 'E_SLICE ends: nothing is left of dimension 0 of 3×4 from `x_source`',
    },
    {
      op: 'slice',
      inputs: { x: [3, 4] },
      attributes: { starts: [0, 0], ends: [1] },
      told: 'E_SLICE ends: has 1 numbers, starts has 2',
    },
    {
      op: 'slice',
      inputs: { x: [3, 4] },
      attributes: { starts: [0], ends: [1], steps: [0] },
      told: 'E_SLICE steps: a step of 0 goes nowhere',
    },
    {
      op: 'unbind',
      inputs: { x: [3, 4] },
      attributes: { dim: -3 },
      told: 'E_DIM dim: dimension -3 does not exist: 3×4 has the dimensions -2 … 1',
    },
  ],
  data: [
    {
      op: 'input',
      inputs: {},
      attributes: { shape: ['time', 3] },
      told: 'E_DIMENSION shape: the dimension `time` has no size',
      hint: 'N is the batch; any other name needs a number.',
    },
    {
      op: 'constant',
      inputs: {},
      attributes: { value: [[1, 2], [3]] },
      told: 'E_VALUE value: holds lists of 2 and of 1 side by side',
    },
    {
      op: 'constant',
      inputs: {},
      attributes: { value: [1, [2]] },
      told: 'E_VALUE value: mixes numbers and lists',
    },
    {
      op: 'constant',
      inputs: {},
      attributes: { value: [1, 'two'] },
      told: 'E_VALUE value: holds "two", which is not a number',
    },
    {
      op: 'constant',
      inputs: {},
      attributes: { value: [1, 2, 3], shape: [2, 2] },
      told: 'E_VALUE value: holds 3 numbers, the shape is 2×2',
    },
    {
      op: 'constant',
      inputs: {},
      attributes: { value: 0.5, dtype: 'int32' },
      told: 'E_VALUE value: holds 0.5, which is not a whole number (int32)',
      fix: { kind: 'set_attribute', title: 'Make it float32', attribute: 'dtype', value: 'float32' },
    },
    {
      op: 'parameter',
      inputs: {},
      attributes: { value: [[[[[[[[[1]]]]]]]]] },
      told: 'E_VALUE value: is nested more than 8 deep',
    },
    {
      op: 'parameter',
      inputs: {},
      attributes: { shape: [true] },
      told: 'E_ATTRIBUTE shape.0: a size is a whole number from 0, or a name such as N',
    },
    {
      op: 'parameter',
      inputs: {},
      attributes: { shape: [-1] },
      told: 'E_ATTRIBUTE shape.0: Too small: expected number to be >=0',
    },
  ],
  loss: [
    {
      op: 'cross_entropy',
      inputs: { x: [32, 16, 5, 5], target: int32(32) },
      told: 'E_SCORES x: expects scores N×classes for 32 class numbers, gets 32×16×5×5 from `x_source`: 4 dimensions instead of 2',
      hint: 'Flattened they would be 32×400. To score every position, wire a target of 32×5×5.',
      fix: { kind: 'insert', title: 'Insert flatten', port: 'x', op: 'flatten' },
    },
    {
      op: 'multiclass_hinge',
      inputs: { x: [8, 3, 1, 1], target: int32(8) },
      told: 'E_SCORES x: expects scores N×classes for 8 class numbers, gets 8×3×1×1 from `x_source`: 4 dimensions instead of 2',
      fix: { kind: 'insert', title: 'Insert flatten', port: 'x', op: 'flatten' },
    },
    {
      op: 'cross_entropy',
      inputs: { x: [4, 10], target: [4] },
      told: 'E_DTYPE target: expects class numbers (int32) of shape 4, or probabilities (float32) of shape 4×10 for scores 4×10, gets float32 of shape 4 from `target_source`',
      hint: 'Set the element type of the input with the class numbers to int32.',
    },
    {
      op: 'nll_loss',
      inputs: { x: [4, 10], target: int32(5) },
      told: 'E_TARGET_SHAPE target: expects class numbers (int32) of shape 4 for scores 4×10, gets int32 of shape 5 from `target_source`',
    },
    {
      op: 'cross_entropy',
      inputs: { x: [32, 16, 64], target: int32(32, 16) },
      told: 'E_TARGET_SHAPE target: expects class numbers (int32) of shape 32×64, or probabilities (float32) of shape 32×16×64 for scores 32×16×64, gets int32 of shape 32×16 from `target_source`',
      fix: { kind: 'set_attribute', title: 'Take dimension 2 (64) for the classes', attribute: 'dim', value: -1 },
    },
    {
      op: 'cross_entropy',
      inputs: { x: [4, 10], target: int32(4) },
      attributes: { dim: 2 },
      told: 'E_DIM dim: dimension 2 does not exist: 4×10 has the dimensions -2 … 1',
    },
    {
      op: 'cross_entropy',
      inputs: { x: [4, 10], target: int32(4), weight: [9] },
      told: 'E_WEIGHT weight: expects one weight for each of 10 classes, gets 9 from `weight_source`',
    },
    {
      op: 'multiclass_hinge',
      inputs: { x: [4, 10], target: [4, 10] },
      told: 'E_DTYPE target: expects int32, gets float32',
    },
    {
      op: 'mse_loss',
      inputs: { x: [4, 1], target: [4] },
      told: 'E_TARGET_SHAPE target: expects the shape of the prediction, 4×1 from `x_source`, gets 4',
      fix: {
        kind: 'insert',
        title: 'Reshape the target to 4×1',
        port: 'target',
        op: 'reshape',
        attributes: { shape: [4, 1] },
      },
    },
    {
      op: 'binary_cross_entropy_with_logits',
      inputs: { x: [4, 3], target: [4, 3], pos_weight: [4] },
      told: 'E_BROADCAST pos_weight: 4 from `pos_weight_source` does not broadcast to the prediction, 4×3',
    },
  ],
};

describe.each(Object.entries(faults))('%s', (_, list) => {
  test.each(list)('$op: $told', ({ op, inputs, attributes, told, fix, hint }) => {
    const { diagnostics, inferred } = diagnose(op, inputs, attributes);
    expect(inferred).toBeNull();
    expect(diagnostics.map((d) => `${d.code} ${d.at.port ?? d.at.attribute}: ${d.message}`)).toEqual([told]);
    if (fix) expect(diagnostics[0]?.fixes).toContainEqual(fix);
    if (hint !== undefined) expect(diagnostics[0]?.hint).toBe(hint);
  });
});

function numbersOf(tensor: Numbers | undefined): number[] {
  return Array.from(tensor?.data ?? []);
}

describe('targets that stay unwired', () => {
  const feed = (op: OpId, shape: Shape, attributes: Readonly<Record<string, unknown>> = {}) =>
    operators[op].feedType?.({
      inputs: { x: { dtype: 'float32', shape } },
      attributes: operators[op].attributes.parse(attributes),
      port: 'target',
    });

  test('are class numbers for every score', () => {
    expect(feed('cross_entropy', [16, 10])).toEqual(int32(16));
    expect(feed('cross_entropy', [32, 16, 64], { dim: -1 })).toEqual(int32(32, 16));
    expect(feed('multiclass_hinge', [3])).toEqual(int32());
    expect(feed('cross_entropy', [16, 10], { dim: 5 })).toBeNull();
  });

  test('take feature maps for scores that lack a flatten, which inference then says', () => {
    const target = feed('cross_entropy', [16, 10, 4, 4]);
    expect(target).toEqual(int32(16));
    expect(diagnose('cross_entropy', { x: [16, 10, 4, 4], target: target as TensorType }).diagnostics[0]?.code).toBe(
      'E_SCORES',
    );
  });

  test('have the shape of the prediction elsewhere', () => {
    expect(feed('mse_loss', [16, 2])).toEqual({ dtype: 'float32', shape: [16, 2] });
    expect(feed('binary_cross_entropy_with_logits', [16])).toEqual({ dtype: 'float32', shape: [16] });
  });
});

describe('a class number that does not exist is NaN, not a small loss', () => {
  test.each(['cross_entropy', 'nll_loss', 'multiclass_hinge'] as const)('%s', (op) => {
    for (const label of [-1, 3]) {
      const { outputs, gradients } = runOperator(operators[op], {
        inputs: {
          x: { dtype: 'float32', shape: [2, 3], data: [1, 2, 3, 4, 5, 6] },
          target: { dtype: 'int32', shape: [2], data: [0, label] },
        },
        cotangents: { y: [1] },
      });
      expect(outputs['y']?.data[0]).toBeNaN();
      expect(numbersOf(gradients['x']).slice(3)).toEqual([Number.NaN, Number.NaN, Number.NaN]);
    }
  });

  test('but an ignored one counts nothing', () => {
    const run = (labels: number[], scores: number[]) =>
      runOperator(operators.cross_entropy, {
        inputs: {
          x: { dtype: 'float32', shape: [labels.length, 2], data: scores },
          target: { dtype: 'int32', shape: [labels.length], data: labels },
        },
        cotangents: { y: [1] },
      });
    const [all, counted] = [run([1, -100], [1, 2, 3, 5]), run([1], [1, 2])];
    expect(all.outputs['y']?.data).toEqual(counted.outputs['y']?.data);
    expect(numbersOf(all.gradients['x'])).toEqual([...numbersOf(counted.gradients['x']), 0, 0]);
  });
});
