// What recurrent cells share: ports, checks, the sums in front of their gates z = x·W_ihᵀ + b_ih + h·W_hhᵀ + b_hh, and the
// gradients behind them. A state that is not wired is zero. Each cell adds its own non-linearity.
import { z } from 'zod';
import { type Operand, permuteAxes, type Ref } from '../../program/access.ts';
import type { Emitter, EpilogueOptions, ExpressionFunction } from '../../program/emitter.ts';
import type { Factor } from '../../program/explanation.ts';
import type { ExpressionBuilder, Line } from '../../program/expression-builder.ts';
import { uniformFan } from '../../program/initializer.ts';
import { formatShape, numel, type Shape, sameShape } from '../../tensor/shape.ts';
import type { GradientContext, InferContext, ParameterType, ReferenceTensor, TensorType } from '../define-operator.ts';
import { followsWire, inferredSize } from '../support/inferred-size.ts';

type None = Record<never, never>;

export interface CellTensors<T> {
  readonly x: T;
  readonly h: T | undefined;
  readonly weight_ih: T;
  readonly weight_hh: T;
  readonly bias_ih: T | undefined;
  readonly bias_hh: T | undefined;
}

export const cellParameters = {
  weight_ih: { title: 'Weight of the input' },
  weight_hh: { title: 'Weight of the state' },
  bias_ih: { title: 'Bias of the input', optional: true },
  bias_hh: { title: 'Bias of the state', optional: true },
} as const;

/** Sizes of a cell, and whether its sums have biases. */
export const cellAttributes = {
  hidden_size: z.int().min(1).max(65_536).default(32).meta({ title: 'Hidden size' }),
  input_size: inferredSize('Input features'),
  bias: z.boolean().default(true).meta({ title: 'Biases' }),
};

type CellAttributes = z.output<z.ZodObject<typeof cellAttributes>>;
type CellParameterTypes = { readonly [K in keyof typeof cellParameters]?: ParameterType };

interface CellContext
  extends Pick<
    InferContext<Record<never, never>, Record<never, never>, CellAttributes>,
    'attributes' | 'source' | 'fail'
  > {
  readonly inputs: { readonly x: TensorType; readonly h: TensorType | undefined; readonly c?: TensorType | undefined };
}

/** Types of the parameters in front of this many gates that see so many features; they start as PyTorch's do. */
export function gateParameters(
  { hidden_size: hidden, bias }: Pick<CellAttributes, 'hidden_size' | 'bias'>,
  gates: number,
  features: number,
): CellParameterTypes {
  const init = uniformFan(hidden);
  const rows = gates * hidden;
  const added: ParameterType = { shape: [rows], init };
  return {
    weight_ih: { shape: [rows, features], init, fan: [features, rows] },
    weight_hh: { shape: [rows, hidden], init, fan: [hidden, rows] },
    ...(bias ? { bias_ih: added, bias_hh: added } : {}),
  };
}

/** Types of the states and of the parameters of a cell with this many gates; null after a diagnostic. */
export function inferCell(
  context: CellContext,
  gates: number,
): { readonly state: TensorType; readonly parameters: CellParameterTypes } | null {
  const { inputs, attributes: a, source, fail } = context;
  const features = inputs.x.shape.at(-1) as number;
  if (!followsWire(context, 'input_size', a.input_size, features, 'features')) return null;
  const shape = [...inputs.x.shape.slice(0, -1), a.hidden_size];
  for (const port of ['h', 'c'] as const) {
    const given = inputs[port]?.shape;
    if (!given || sameShape(given, shape)) continue;
    const size = given.at(-1);
    const fits = size !== undefined && size > 0 && sameShape(given, [...shape.slice(0, -1), size]);
    const fixes = fits
      ? [{ kind: 'set_attribute' as const, title: `Set hidden_size to ${size}`, attribute: 'hidden_size', value: size }]
      : [];
    return fail(
      'E_STATE',
      { port },
      `expects a state of ${formatShape(shape)} (batch × hidden_size), gets ${formatShape(given)} from ${source(port)}`,
      { fixes },
    );
  }
  return { state: { dtype: 'float32', shape }, parameters: gateParameters(a, gates, features) };
}

/** As [batch, features]; a vector becomes one row. */
export function asRows(emit: Emitter, ref: Ref): Ref {
  return ref.shape.length === 2 ? ref : emit.view(ref, [numel(ref.shape.slice(0, -1)), ref.shape.at(-1) as number]);
}

/** Back to the shape that the outside sees. */
export function asShape(emit: Emitter, ref: Ref, shape: Shape): Ref {
  return sameShape(ref.shape, shape) ? ref : emit.view(ref, shape);
}

/** activation(z) as [batch, gates·hidden]: one or two matrix products, everything else in the last one's epilogue. */
export function emitSums(
  emit: Emitter,
  t: CellTensors<Ref>,
  activation: (e: ExpressionBuilder, z: Line) => Line = (_, z) => z,
): Ref {
  const biases = t.bias_ih && t.bias_hh ? [t.bias_ih, t.bias_hh] : [];
  const value: ExpressionFunction = (e, ...parts) =>
    activation(
      e,
      parts.reduce((sum, part) => e.add(sum, part)),
    );
  const product = (a: Ref, weight: Ref, operands: readonly Operand[], last: boolean) =>
    emit.gemm({
      a: asRows(emit, a),
      b: permuteAxes(weight, [1, 0]),
      ...(last ? { epilogue: { operands, value } } : {}),
    });
  if (!t.h) return product(t.x, t.weight_ih, biases, true);
  return product(t.h, t.weight_hh, [product(t.x, t.weight_ih, [], false), ...biases], true);
}

/**
 * Gradients of everything in front of the gates, from dz [batch, gates·hidden]. Where the gates see the state's half of the
 * sum apart, `dState` is that half's gradient and `direct` what reaches h past the sum (rows, added to its gradient).
 */
export function emitSumGradients(
  emit: Emitter,
  t: CellTensors<Ref>,
  dz: Ref,
  { needs, note }: Pick<GradientContext<None, None, None, unknown>, 'needs' | 'note'>,
  { dState = dz, direct }: { readonly dState?: Ref; readonly direct?: EpilogueOptions } = {},
) {
  note('sums', dz);
  if (dState !== dz) note('state_sums', dState);
  const biasOf = (from: Ref, port: 'bias_ih' | 'bias_hh') =>
    t[port] && needs(port) ? emit.reduce([from], { axes: [0] }) : undefined;
  const biasIh = biasOf(dz, 'bias_ih');
  const weightOf = (from: Ref, seen: Ref) => emit.gemm({ a: permuteAxes(from, [1, 0]), b: asRows(emit, seen) });
  const dh = () => emit.gemm({ a: dState, b: t.weight_hh, ...(direct ? { epilogue: direct } : {}) });
  const stateWeight = () => (t.h ? weightOf(dState, t.h) : emit.fill(t.weight_hh.shape, 0));
  return {
    x: needs('x') ? asShape(emit, emit.gemm({ a: dz, b: t.weight_ih }), t.x.shape) : undefined,
    h: t.h && needs('h') ? asShape(emit, dh(), t.h.shape) : undefined,
    weight_ih: needs('weight_ih') ? weightOf(dz, t.x) : undefined,
    weight_hh: needs('weight_hh') ? stateWeight() : undefined,
    bias_ih: biasIh,
    bias_hh: dState === dz && biasIh ? biasIh : biasOf(dState, 'bias_hh'),
  };
}

/** The two halves of z[row, column] of the reference: what comes from x, what comes from h. */
export function halvesOf(t: CellTensors<ReferenceTensor>, row: number, column: number): [fromX: number, fromH: number] {
  const half = (from: ReferenceTensor | undefined, weight: ReferenceTensor, bias: ReferenceTensor | undefined) => {
    const size = weight.shape[1] as number;
    let sum = bias?.data[column] ?? 0;
    for (let k = 0; from && k < size; k++) {
      sum += (from.data[row * size + k] as number) * (weight.data[column * size + k] as number);
    }
    return sum;
  };
  return [half(t.x, t.weight_ih, t.bias_ih), half(t.h, t.weight_hh, t.bias_hh)];
}

/** z[row, column] of the reference. */
export function sumOf(t: CellTensors<ReferenceTensor>, row: number, column: number): number {
  const [fromX, fromH] = halvesOf(t, row, column);
  return fromX + fromH;
}

/** Everything of x and h that a row's gates see. */
export function rowFactors(t: CellTensors<ReferenceTensor>, row: number): Factor[] {
  return (['x', 'h'] as const).flatMap((port) => {
    const size = t[port]?.shape.at(-1) ?? 0;
    return Array.from({ length: size }, (_, k) => ({
      port,
      index: row * size + k,
      value: t[port]?.data[row * size + k] as number,
    }));
  });
}
