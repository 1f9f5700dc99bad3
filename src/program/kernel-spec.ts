// What a kernel computes, as data: shapes and strides baked in, buffers not. Every spec has a plain TypeScript
// reference (kernels/reference) and a WebAssembly emitter (kernels/emit); both read the same record.
// Offsets and strides count elements; every buffer itself is contiguous.
import type { DType } from '../tensor/dtype.ts';
import type { Shape, Strides } from '../tensor/shape.ts';

/** How a kernel walks one buffer: `shape`-less, one stride per iteration axis (0 repeats, negative flips). */
export interface Access {
  readonly dtype: DType;
  readonly offset: number;
  readonly strides: Strides;
}

/** An output access also names which of the instruction's outputs it writes; several may fill one output piecewise. */
export interface OutputAccess extends Access {
  readonly slot: number;
  /** Index of the expression that is stored. */
  readonly value: number;
}

export type UnaryFunction =
  | 'neg'
  | 'abs'
  | 'sign'
  | 'exp'
  | 'log'
  | 'sqrt'
  | 'sin'
  | 'cos'
  | 'tanh'
  | 'sigmoid'
  | 'erf'
  | 'reciprocal'
  | 'floor'
  | 'round'
  /** x > 20 ? x : log(1 + e^x), without overflow or cancellation */
  | 'softplus'
  /** 0 where |x| < 1e-30: keeps denormals out of gradients and moments */
  | 'flush'
  /** 1 or 0 */
  | 'not';

/** Comparisons give 1 or 0. `max` and `min` keep NaN. */
export type BinaryFunction =
  | 'add'
  | 'sub'
  | 'mul'
  | 'div'
  | 'pow'
  | 'max'
  | 'min'
  | 'gt'
  | 'ge'
  | 'lt'
  | 'le'
  | 'eq'
  | 'ne'
  | 'and'
  | 'or';

/** One line of an expression; operands are indices of earlier lines. int32 inputs are read as numbers (exact to 2^24). */
export type Expression =
  | { readonly op: 'input'; readonly input: number }
  | { readonly op: 'const'; readonly value: number }
  /** Coordinate along an iteration axis. */
  | { readonly op: 'coord'; readonly axis: number }
  | { readonly op: UnaryFunction; readonly a: number }
  | { readonly op: BinaryFunction; readonly a: number; readonly b: number }
  /** condition ≠ 0 ? a : b */
  | { readonly op: 'select'; readonly condition: number; readonly a: number; readonly b: number };

/** One pass over `shape`: outputs[k] = body[outputs[k].value] at every point. */
export interface ElementwiseSpec {
  readonly op: 'elementwise';
  readonly shape: Shape;
  readonly inputs: readonly Access[];
  readonly body: readonly Expression[];
  readonly outputs: readonly OutputAccess[];
}

/**
 * One pass over `shape` in which the axes listed are folded: accumulate body[value] by `by`, then pass the result through
 * `finish` (an expression whose input 0 is the accumulated number), and store it. Outputs are contiguous over the axes that
 * remain, in order.
 */
export interface ReduceSpec {
  readonly op: 'reduce';
  readonly shape: Shape;
  readonly axes: readonly number[];
  readonly inputs: readonly Access[];
  readonly body: readonly Expression[];
  readonly outputs: readonly {
    readonly value: number;
    readonly by: 'sum' | 'max' | 'min' | 'prod';
    readonly finish: readonly Expression[];
  }[];
}

/**
 * int32 throughout, exactly: the last line of `body` over `shape`, the axes listed folded by `by`; the output is contiguous over
 * the axes that remain. Sums, differences and products wrap; quotients are cut towards 0, and 0 where the divisor is; powers
 * below 1 are 0. An empty fold gives the int32 nearest to its identity. Lines: see integer-body.ts.
 */
export interface IntegerSpec {
  readonly op: 'integer';
  readonly shape: Shape;
  readonly axes: readonly number[];
  readonly by: 'sum' | 'max' | 'min' | 'prod';
  readonly inputs: readonly Access[];
  readonly body: readonly Expression[];
}

/** Index (int32) of the first largest or smallest element along one axis; output contiguous over the other axes. */
export interface ArgReduceSpec {
  readonly op: 'arg_reduce';
  readonly shape: Shape;
  readonly axis: number;
  readonly by: 'max' | 'min';
  readonly input: Access;
}

/** A stored number x becomes `body`'s last line; input 0 is x, input i > 0 reads operand i−1 at the output's coordinates. */
export interface Epilogue {
  readonly inputs: readonly Access[];
  readonly body: readonly Expression[];
  /** Lines that are stored besides, each in an output of its own behind the first: what a number is on its way. */
  readonly also?: readonly number[];
}

/** c[batch…, m, n] = Σ_k a[batch…, m, k] · b[batch…, k, n], then the epilogue. Strides cover transposition and broadcasting. */
export interface GemmSpec {
  readonly op: 'gemm';
  readonly batch: Shape;
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly a: { readonly offset: number; readonly batch: Strides; readonly row: number; readonly column: number };
  readonly b: {
    readonly offset: number;
    readonly batch: Strides;
    readonly row: number;
    readonly column: number;
    /** From four columns to the next four, where these are no neighbours; `column` is 1 then, and n a multiple of 4. */
    readonly fours?: number;
  };
  /** Its accesses have one stride per axis of [batch…, m, n]; their buffers follow a and b among the instruction's inputs. */
  readonly epilogue: Epilogue | null;
}

/** Geometry shared by the convolution kernels; NCHW, weights O(C/groups)KhKw. */
export interface Conv2dGeometry {
  readonly batch: number;
  readonly inChannels: number;
  readonly inSize: readonly [number, number];
  readonly outChannels: number;
  readonly outSize: readonly [number, number];
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  /** top, left, bottom, right */
  readonly padding: readonly [number, number, number, number];
  readonly dilation: readonly [number, number];
  readonly groups: number;
}

/**
 * forward: (x, weight, …epilogue) → y;  input_grad: (dy, weight, …) → dx;  weight_grad: (x, dy) → dweight.
 * Transposed convolution is `input_grad` used forwards. The epilogue has strides over the output's NCHW; that
 * of weight_grad reads nothing but what it stores, and no coordinates.
 */
export interface Conv2dSpec {
  readonly op: 'conv2d';
  readonly direction: 'forward' | 'input_grad' | 'weight_grad';
  readonly geometry: Conv2dGeometry;
  readonly epilogue: Epilogue | null;
  /** How it is computed, where not directly: `winograd` needs 3×3, stride 1, and rounds otherwise. */
  readonly algorithm?: 'winograd';
}

export interface Pool2dGeometry {
  /** N·C planes */
  readonly planes: number;
  readonly inSize: readonly [number, number];
  readonly outSize: readonly [number, number];
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly padding: readonly [number, number, number, number];
  readonly dilation: readonly [number, number];
}

/** x → y, indices (int32, position in one unpadded H·W plane; the first of equals). Padding acts as −∞. NaN wins. */
export interface MaxPool2dSpec {
  readonly op: 'max_pool2d';
  readonly geometry: Pool2dGeometry;
}

/** (dy, indices) → dx: adds every dy where its index points; also max-unpooling used forwards. */
export interface MaxPool2dGradSpec {
  readonly op: 'max_pool2d_grad';
  readonly geometry: Pool2dGeometry;
}

/** forward: x → y; backward: dy → dx. Divides by the window's size, or by the real elements when countIncludePad is false. */
export interface AvgPool2dSpec {
  readonly op: 'avg_pool2d';
  readonly direction: 'forward' | 'backward';
  readonly geometry: Pool2dGeometry;
  readonly countIncludePad: boolean;
}

/** Softmax (or its logarithm) over the middle of [outer, size, inner], shifted by the maximum. */
export interface SoftmaxSpec {
  readonly op: 'softmax';
  readonly outer: number;
  readonly size: number;
  readonly inner: number;
  readonly log: boolean;
}

/** (x [outer, size, inner], index int32 [count]) → [outer, count, inner]. An index out of range reads NaN. */
export interface GatherSpec {
  readonly op: 'gather';
  readonly outer: number;
  readonly size: number;
  readonly count: number;
  readonly inner: number;
}

/** (dy [outer, count, inner], index int32 [count]) → dx [outer, size, inner]; repeated indices add up. */
export interface ScatterAddSpec {
  readonly op: 'scatter_add';
  readonly outer: number;
  readonly size: number;
  readonly count: number;
  readonly inner: number;
}

/** (counter int32 scalar) → float32: 1 with probability `keep` else 0; element i is uniformAt(mix32(streamKey ^ counter), i) < keep. */
export interface BernoulliSpec {
  readonly op: 'bernoulli';
  readonly count: number;
  readonly keep: number;
  readonly stream: number;
}

/**
 * (conflicts [batch, count, count]) → [batch, count]: 1 for what is picked, else 0. In the order given, each candidate is picked
 * unless an earlier pick conflicts with it: conflicts[i, j] ≠ 0 for i < j.
 */
export interface GreedySelectSpec {
  readonly op: 'greedy_select';
  readonly batch: number;
  readonly count: number;
}

/** Copies pieces side by side into one output (concat, stack, pad); where no piece reaches, `fill` stands. Pieces do not overlap. */
export interface AssembleSpec {
  readonly op: 'assemble';
  readonly shape: Shape;
  readonly dtype: DType;
  readonly fill: number;
  /** One per input; both accesses have one stride per axis of the piece's shape. */
  readonly pieces: readonly { readonly shape: Shape; readonly input: Access; readonly output: Access }[];
}

/** Nothing to do: the output is the input's buffer seen with another shape. */
export interface ViewSpec {
  readonly op: 'view';
}

export type KernelSpec =
  | ElementwiseSpec
  | ReduceSpec
  | IntegerSpec
  | ArgReduceSpec
  | GemmSpec
  | Conv2dSpec
  | MaxPool2dSpec
  | MaxPool2dGradSpec
  | AvgPool2dSpec
  | SoftmaxSpec
  | AssembleSpec
  | GatherSpec
  | ScatterAddSpec
  | BernoulliSpec
  | GreedySelectSpec
  | ViewSpec;

export type KernelOp = KernelSpec['op'];
