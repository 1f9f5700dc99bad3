// What recurrent cells share: ports, checks, the sums in front of their gates z = x·W_ihᵀ + b_ih + h·W_hhᵀ + b_hh, and the
// gradients behind them. A state that is not wired is zero. Each cell adds its own non-linearity.
import { type Operand, permuteAxes, type Ref } from '../../program/access.ts';
import type { Emitter, ExpressionFunction } from '../../program/builder.ts';
import type { Factor } from '../../program/explanation.ts';
import type { ExpressionBuilder, Line } from '../../program/expression-builder.ts';
import { uniformFan } from '../../program/initializer.ts';
import type { QuickFix } from '../../tensor/diagnostic.ts';
import { formatShape, numel, type Shape, sameShape } from '../../tensor/shape.ts';
import type { ParameterType, ReferenceTensor, TensorType } from '../define-operator.ts';

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

interface CellContext {
  readonly inputs: { readonly x: TensorType; readonly h: TensorType | undefined; readonly c?: TensorType | undefined };
  readonly attributes: {
    readonly hidden_size: number;
    readonly input_size?: number | undefined;
    readonly bias: boolean;
  };
  source(port: string): string;
  fail(code: `E_${string}`, at: { port?: string }, message: string, more?: { fixes?: readonly QuickFix[] }): null;
}

/** Types of the states and of the parameters of a cell with this many gates; null after a diagnostic. */
export function inferCell(
  { inputs, attributes: a, source, fail }: CellContext,
  gates: number,
): {
  readonly state: TensorType;
  readonly parameters: { readonly [K in keyof typeof cellParameters]?: ParameterType };
} | null {
  const features = inputs.x.shape.at(-1) as number;
  if (a.input_size !== undefined && a.input_size !== features) {
    const title = `Let input_size follow the wire (${features})`;
    const fixes = [{ kind: 'unset_attribute' as const, title, attribute: 'input_size' }];
    return fail('E_FEATURES', { port: 'x' }, `expects ${a.input_size} features, gets ${features} from ${source('x')}`, {
      fixes,
    });
  }
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
  const init = uniformFan(a.hidden_size);
  const rows = gates * a.hidden_size;
  const bias: ParameterType = { shape: [rows], init };
  return {
    state: { dtype: 'float32', shape },
    parameters: {
      weight_ih: { shape: [rows, features], init, fan: [features, rows] },
      weight_hh: { shape: [rows, a.hidden_size], init, fan: [a.hidden_size, rows] },
      ...(a.bias ? { bias_ih: bias, bias_hh: bias } : {}),
    },
  };
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

/** Gradients of everything in front of the gates, from dz [batch, gates·hidden]. */
export function emitSumGradients(emit: Emitter, t: CellTensors<Ref>, dz: Ref, needs: (port: string) => boolean) {
  const columns = permuteAxes(dz, [1, 0]);
  const bias = t.bias_ih && (needs('bias_ih') || needs('bias_hh')) ? emit.reduce([dz], { axes: [0] }) : undefined;
  const stateWeight = () => (t.h ? emit.gemm({ a: columns, b: asRows(emit, t.h) }) : emit.fill(t.weight_hh.shape, 0));
  return {
    x: needs('x') ? asShape(emit, emit.gemm({ a: dz, b: t.weight_ih }), t.x.shape) : undefined,
    h: t.h && needs('h') ? asShape(emit, emit.gemm({ a: dz, b: t.weight_hh }), t.h.shape) : undefined,
    weight_ih: needs('weight_ih') ? emit.gemm({ a: columns, b: asRows(emit, t.x) }) : undefined,
    weight_hh: needs('weight_hh') ? stateWeight() : undefined,
    bias_ih: bias,
    bias_hh: bias,
  };
}

/** z[row, column] of the reference. */
export function sumOf(t: CellTensors<ReferenceTensor>, row: number, column: number): number {
  let sum = (t.bias_ih?.data[column] ?? 0) + (t.bias_hh?.data[column] ?? 0);
  for (const [from, weight] of [
    [t.x, t.weight_ih],
    [t.h, t.weight_hh],
  ] as const) {
    if (!from) continue;
    const size = weight.shape[1] as number;
    for (let k = 0; k < size; k++)
      sum += (from.data[row * size + k] as number) * (weight.data[column * size + k] as number);
  }
  return sum;
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
