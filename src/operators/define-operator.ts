// The contract of an operator: one record, one file, everything that anyone asks. Shared code asks traits and ports, never
// which operator it holds. Registry, catalogue, docs and tests derive from the records.
import type { z } from 'zod';
import type { Ref } from '../program/access.ts';
import type { Emitter } from '../program/emitter.ts';
import type { Explanation, Part } from '../program/explanation.ts';
import type { Fragment } from '../program/fragment.ts';
import type { Initializer } from '../program/initializer.ts';
import type { Mode } from '../program/program.ts';
import type { Diagnostic, QuickFix } from '../tensor/diagnostic.ts';
import type { DType } from '../tensor/dtype.ts';
import type { Shape } from '../tensor/shape.ts';

export type Family =
  | 'data'
  | 'arithmetic'
  | 'reduction'
  | 'linear'
  | 'convolution'
  | 'pooling'
  | 'activation'
  | 'normalization'
  | 'regularization'
  | 'shape'
  | 'recurrent'
  | 'detection'
  | 'loss';

export interface TensorType {
  readonly dtype: DType;
  readonly shape: Shape;
}

export interface PortSpec {
  readonly title: string;
  /** Checked before `infer` runs; `any` accepts both. Default float32. */
  readonly dtype?: DType | 'any';
  /** Rank or [least, most]; checked before `infer` runs. */
  readonly rank?: number | readonly [number, number];
  /** May stay unwired. */
  readonly optional?: true;
  /** A port `x` stands for x0, x1, …; at least `variadic` of them. */
  readonly variadic?: number;
  /** Of losses: may stay unwired, then fed as `<node>.<port>`. */
  readonly feedable?: true;
  /**
   * Decides shapes, so that its numbers must be known when the graph is compiled. Always optional: wired, its numbers take the
   * place of the attribute of the same name (or of what `settle` makes of them) before inference; program code never reads it.
   */
  readonly known?: true;
  /** Only the type of what arrives is read, never its numbers. */
  readonly typeOnly?: true;
}

export interface ParameterPort {
  readonly title: string;
  /** Only owned in some set-ups (a bias that can be switched off). */
  readonly optional?: true;
}

/** What inference says of an owned parameter or state. */
export interface ParameterType {
  readonly shape: Shape;
  readonly init: Initializer;
  /** For initialisers by fan (Xavier, He). */
  readonly fan?: readonly [fanIn: number, fanOut: number];
}

type Ports = Readonly<Record<string, PortSpec>>;
type Parameters = Readonly<Record<string, ParameterPort>>;

/** Ports by name: lists for variadic ones, `undefined` possible for optional ones. */
export type InputsOf<I extends Ports, T> = {
  readonly [K in keyof I]: I[K] extends { readonly variadic: number }
    ? readonly T[]
    : I[K] extends { readonly optional: true }
      ? T | undefined
      : T;
};
/** Parameters in programs: always there, unless optional. */
export type ParametersOf<P extends Parameters, T> = {
  readonly [K in keyof P]: P[K] extends { readonly optional: true } ? T | undefined : T;
};

type OnlyKey<K, All = K> = K extends unknown ? ([All] extends [K] ? true : false) : never;

export interface InferContext<I extends Ports, P extends Parameters, A> {
  readonly inputs: InputsOf<I, TensorType>;
  /** Types of what is wired into parameter ports; undefined where the node owns the tensor. */
  readonly wired: { readonly [K in keyof P]: TensorType | undefined };
  readonly attributes: A;
  readonly mode: Mode;
  /** How the source of a port is called in messages: `` `image` ``. */
  source(port: string): string;
  /** Records an error at a port or attribute of this node; returns null so that `return fail(…)` ends inference. */
  fail(
    code: `E_${string}`,
    at: { port?: string; attribute?: string },
    message: string,
    more?: { hint?: string; fixes?: readonly QuickFix[] },
  ): null;
}

/** Records an error of a node whatever its ports: what checks that several operators share are given. */
export type Fail = InferContext<Record<never, never>, Record<never, never>, unknown>['fail'];

export interface Inferred<P extends Parameters, O extends Ports> {
  readonly outputs: {
    readonly [K in keyof O]: O[K] extends { readonly variadic: number } ? readonly TensorType[] : TensorType;
  };
  /** Shape and start of every parameter this set-up has (also when wired: the wire's shape is checked against it). */
  readonly parameters?: { readonly [K in keyof P]?: ParameterType };
  readonly state?: Readonly<Record<string, ParameterType>>;
}

export interface ForwardContext<I extends Ports, P extends Parameters, O extends Ports, A> {
  readonly emit: Emitter;
  readonly inputs: InputsOf<I, Ref> & ParametersOf<P, Ref>;
  readonly attributes: A;
  /** Inferred types of the outputs. */
  readonly outputs: Inferred<P, O>['outputs'];
  readonly state: Readonly<Record<string, Ref>>;
  readonly mode: Mode;
}

export interface Forward<O extends Ports> {
  readonly outputs: { readonly [K in keyof O]: O[K] extends { readonly variadic: number } ? readonly Ref[] : Ref };
  /** Kept for the gradient, by name. */
  readonly saved?: Readonly<Record<string, Ref>>;
  /** New values of state (train mode). */
  readonly nextState?: Readonly<Record<string, Ref>>;
}

export interface GradientContext<I extends Ports, P extends Parameters, O extends Ports, A>
  extends Omit<ForwardContext<I, P, O, A>, 'outputs'> {
  readonly outputs: Forward<O>['outputs'];
  /** ∂loss/∂output; of several outputs some may be undefined (nothing depends on them), never all. */
  readonly cotangents: {
    readonly [K in keyof O]: O[K] extends { readonly variadic: number }
      ? readonly (Ref | undefined)[]
      : OnlyKey<keyof O> extends true
        ? Ref
        : Ref | undefined;
  };
  /** What `forward` saved. */
  saved(name: string): Ref;
  /** False where nobody asks for that input's gradient. Variadic: ask for x0, x1, … */
  needs(port: string): boolean;
  /**
   * A value of the way back is `grad(node.name)` from now on, for who looks for it, and explanations stop at it: a number that
   * hangs on it is explained by its elements. Costs nothing.
   */
  note(name: string, ref: Ref): void;
}

/** ∂loss/∂input for each input and parameter asked for; left out: not differentiable. Each has the input's shape. */
export type Gradients<I extends Ports, P extends Parameters> = {
  readonly [K in keyof I]?: I[K] extends { readonly variadic: number } ? readonly (Ref | undefined)[] : Ref | undefined;
} & { readonly [K in keyof P]?: Ref | undefined };

/** A float64 tensor of the reference. */
export interface ReferenceTensor {
  readonly shape: Shape;
  readonly data: Float64Array;
}

export interface ReferenceContext<I extends Ports, P extends Parameters, O extends Ports, A> {
  readonly inputs: InputsOf<I, ReferenceTensor> & ParametersOf<P, ReferenceTensor>;
  readonly attributes: A;
  readonly outputs: Inferred<P, O>['outputs'];
  readonly state: Readonly<Record<string, ReferenceTensor>>;
  readonly mode: Mode;
  /** What `forward` saved, where its program has run: numbers that inputs do not fix, such as a mask drawn at random. */
  readonly saved?: Readonly<Record<string, ReferenceTensor>>;
}

export interface ExplainContext<I extends Ports, P extends Parameters, O extends Ports, A>
  extends ReferenceContext<I, P, O, A> {
  /** Which output, and the flat index of the element asked about. */
  readonly port: string;
  readonly index: number;
}

/** One element of the gradient of an input or parameter, or of what `gradient` noted on the way, to be told about. */
export interface ExplainGradientContext<I extends Ports, P extends Parameters, O extends Ports, A>
  extends Omit<ReferenceContext<I, P, O, A>, 'saved'> {
  /** Which input or note, and the flat index of the element asked about. */
  readonly port: string;
  readonly index: number;
  /** What its terms add up to. */
  readonly result: number;
  /** The element of a note that gives the largest term; null where no note gives any. */
  readonly strongest: { readonly name: string; readonly index: number } | null;
  /** ∂loss/∂output by port, where something depends on it. */
  readonly cotangents: Readonly<Record<string, ReferenceTensor | undefined>>;
  /** What `forward` saved. */
  saved(name: string): ReferenceTensor;
}

export interface GradientStory {
  /** In words or symbols with the numbers filled in. */
  readonly text: string;
  /** Ways that add up to the element. */
  readonly paths?: readonly { readonly label: string; readonly value: number }[];
  /** In their place: the way of a term that begins with this element of a note, or (null) with a gradient from above. */
  readonly way?: (from: { readonly name: string; readonly index: number } | null) => string;
  /** Quantities worth a name: p and y of a softmax, gates. */
  readonly parts?: readonly Part[];
}

/** What an operator does to the size of a gradient: numbers decide how much, this says where to look. */
export type GradientFlow = 'rectifies' | 'saturates' | 'weighs' | 'averages' | 'selects' | 'normalizes' | 'masks';

export interface CostContext<I extends Ports, P extends Parameters, O extends Ports, A> {
  readonly inputs: InputsOf<I, TensorType> & ParametersOf<P, TensorType>;
  readonly outputs: Inferred<P, O>['outputs'];
  readonly attributes: A;
}

/** A set-up on which gradient and kernels are checked. */
export interface Sample {
  readonly attributes?: Readonly<Record<string, unknown>>;
  /** Port → shape, or labels below a bound, or numbers within a range (away from kinks and poles). Variadic ports are listed as x0, x1, … */
  readonly inputs: Readonly<Record<string, SampleInput>>;
  readonly mode?: Mode;
}
export type SampleInput =
  | Shape
  | { readonly shape: Shape; readonly below: number }
  | { readonly shape: Shape; readonly low: number; readonly high: number };

export interface Traits {
  /** y[i] depends on x[i] alone. */
  readonly elementwise?: true;
  /** Only moves or relabels elements. */
  readonly view?: true;
  /** Draws random numbers in train mode. */
  readonly random?: true;
  /** Owns state that forward changes in train mode. */
  readonly stateful?: true;
  /** A scalar to be minimised; a graph's loss by default. */
  readonly loss?: true;
  /** y = max(0, x): guided backpropagation and deconvolution put their own gradient in place of its. */
  readonly rectifier?: true;
  /** Data enters here: input, constant, parameter. The compiler asks `source`, never the id. */
  readonly source?: 'feed' | 'constant' | 'parameter';
}

export interface OperatorDefinition<I extends Ports, P extends Parameters, O extends Ports, S extends z.ZodObject> {
  /** snake_case in PyTorch's spelling; the file is the id in kebab-case. */
  readonly id: string;
  readonly family: Family;
  readonly title: string;
  /** One sentence for palette and help. */
  readonly summary: string;
  /** LaTeX. */
  readonly formula: string;
  /** LaTeX: ∂loss/∂input in the formula's letters, `dx` for ∂loss/∂x, given `dy`; null where `gradient` is. */
  readonly gradientFormula: string | null;
  /** Kinks and the value chosen there, what gets nothing, or why there is no gradient at all. */
  readonly gradientNote?: string;
  /** Shape of every port in words and letters, `[N, C, H, W]`; a key may end in `*`, for all ports that begin so. */
  readonly shapes: Readonly<Record<string, string>>;
  /** Paper, or page of PyTorch or ONNX. */
  readonly source: string;
  /** Other names under which people look for it. */
  readonly keywords?: readonly string[];
  readonly inputs: I;
  readonly parameters: P;
  readonly outputs: O;
  /** PyTorch's attribute names, with titles (`.meta({ title, unit })`), ranges and defaults. */
  readonly attributes: S;
  readonly traits: Traits;
  /** Attributes (to be parsed by the schema) as the numbers at `known` ports make them, where names alone do not say it. */
  readonly settle?: (context: {
    readonly attributes: z.output<S>;
    readonly inputs: Readonly<Record<string, TensorType>>;
    /** Numbers of a wired `known` port. */
    known(port: string): readonly number[] | undefined;
  }) => Readonly<Record<string, unknown>>;
  infer(context: InferContext<I, P, z.output<S>>): Inferred<P, O> | null;
  /** Type of a `feedable` port that stays unwired, from the other inputs; null where it cannot be told. */
  readonly feedType?: (context: {
    readonly inputs: Readonly<Record<string, TensorType>>;
    readonly attributes: z.output<S>;
    readonly port: string;
  }) => TensorType | null;
  forward(context: ForwardContext<I, P, O, z.output<S>>): Forward<O>;
  /** null: nothing here is differentiable. Kinks and the value chosen there are stated in `gradientNote`. */
  readonly gradient: ((context: GradientContext<I, P, O, z.output<S>>) => Gradients<I, P>) | null;
  /** Plain loops in float64; outputs by name (variadic: lists). In train mode also the new state. */
  reference(
    context: ReferenceContext<I, P, O, z.output<S>>,
  ): Readonly<Record<string, Float64Array | readonly Float64Array[]>>;
  /** The terms that make one chosen element of an output. */
  explain(context: ExplainContext<I, P, O, z.output<S>>): Explanation;
  /** What tells more about one element of a gradient than its terms do; null: nothing here. */
  readonly explainGradient?: (context: ExplainGradientContext<I, P, O, z.output<S>>) => GradientStory | null;
  readonly gradientFlow?: GradientFlow;
  /** The same computation as a graph of simpler operators: what *step inside* opens. Ports and parameters enter as `in.<port>`. */
  readonly expand?: (context: {
    readonly attributes: z.output<S>;
    readonly inputs: Readonly<Record<string, TensorType>>;
  }) => Fragment;
  /** Floating-point operations of one forward pass; bytes follow from the types. */
  flops(context: CostContext<I, P, O, z.output<S>>): number;
  /** Name of the ONNX operator and what each attribute is called there; null where ONNX has none. */
  readonly onnx: { readonly op: string; readonly attributes?: Readonly<Record<string, string>> } | null;
  /** How PyTorch writes it: `torch.nn.functional.relu`. */
  readonly pytorch: string | null;
  readonly samples: readonly Sample[];
}

/** An operator as shared code sees it: ports by name, lists spread as x0, x1, … left to `operators/ports.ts`. */
export type Operator = OperatorDefinition<Ports, Parameters, Ports, z.ZodObject>;

/** Checks the record against its own ports and forgets the details, so that all operators fit one table. */
export function defineOperator<
  const I extends Ports,
  const P extends Parameters,
  const O extends Ports,
  S extends z.ZodObject,
>(definition: OperatorDefinition<I, P, O, S>): Operator {
  return definition as unknown as Operator;
}

/** Collected while a node is checked. */
export type Report = (diagnostic: Diagnostic) => void;
