// What a form's `read` sees of one ONNX node, and what it builds with. Inputs and outputs are counted as in the ONNX
// specification; an input that is left out ('' or beyond the end) is not `given`.
import type { TensorType } from '../../../operators/define-operator.ts';
import type { DType } from '../../../tensor/dtype.ts';
import type { Shape } from '../../../tensor/shape.ts';
import type { Tensor } from '../../../tensor/tensor.ts';
import type { Literal } from './literal.ts';

/** A value of the graph being built: `conv1.y`. */
export type Wire = string;

/** Numbers that the new node owns: its parameter of that name. */
export interface Owned {
  readonly own: Literal;
}

/** What goes into a port; undefined: it stays unwired. */
export type Source = Wire | Owned | undefined;
export type Sources = Readonly<Record<string, Source>>;
export type Attributes = Readonly<Record<string, unknown>>;

export interface BuiltNode {
  readonly id: string;
  /** Its first output. */
  readonly y: Wire;
  /** Output `port`, as a wire. */
  port(name: string): Wire;
}

export interface NodeOptions {
  /** State that the node owns (running_mean): it cannot be wired. */
  readonly state?: Readonly<Record<string, Literal>>;
  /** Added to the ONNX node's name to make the id: `conv1_bias`. Helpers default to their operator. */
  readonly suffix?: string;
}

export interface ReadContext {
  /** The ONNX operator. */
  readonly op: string;
  /** Version of the operator set of its domain; 1 where the file gives none. */
  readonly opset: number;
  readonly inputCount: number;
  readonly outputCount: number;

  /** Is the attribute there? */
  has(name: string): boolean;
  int(name: string): number | undefined;
  int(name: string, otherwise: number): number;
  float(name: string): number | undefined;
  float(name: string, otherwise: number): number;
  text(name: string): string | undefined;
  text(name: string, otherwise: string): string;
  ints(name: string): readonly number[] | undefined;
  floats(name: string): readonly number[] | undefined;
  texts(name: string): readonly string[] | undefined;
  tensor(name: string): Literal | undefined;
  /** Says that an attribute is known and means nothing here, so that it is not reported. */
  ignore(...names: readonly string[]): void;

  given(input: number): boolean;
  /** Is the output named, and does anything read it? */
  wanted(output: number): boolean;
  /** Element type and shape; gives up where they cannot be told. Sizes that follow the batch have a number all the same: */
  type(input: number): TensorType;
  shape(input: number): Shape;
  rank(input: number): number;
  /** the shape with null for sizes that are only known when the graph is compiled. Attributes must not depend on those. */
  sizes(input: number): readonly (number | null)[];
  /** The element type that the file declares, before it became one of our two: `bool`, `int64`, `float16`; undefined: not declared. */
  declared(input: number): string | undefined;
  /** Its numbers, where the file itself holds them (initialiser, constant, or an input that was fixed). */
  literal(input: number): Literal | undefined;
  /** The same as a plain list. */
  numbers(input: number): readonly number[] | undefined;
  /** Its numbers, also where nodes before compute them from shapes and constants. Same for every batch. */
  known(input: number): readonly number[] | undefined;
  /** As `known`, with null for numbers that follow the batch. */
  partlyKnown(input: number): readonly (number | null)[] | undefined;
  /** As `known`, for what must be known: gives up otherwise, naming the graph input that has to be fixed if it is one. */
  decisive(input: number): readonly number[];

  /** The input as a wire; initialisers become a `constant` or `parameter` node when first wired. */
  wire(input: number): Wire;
  /** For a parameter port: numbers of the file that only this node reads become its own, anything else a wire. */
  parameter(input: number): Source;
  /** Type of a wire built here; gives up where it cannot be told. */
  typeOf(wire: Wire): TensorType;

  /** The node that stands for the ONNX node: it bears its name, its first output is output 0. */
  result(op: string, inputs: Sources, attributes?: Attributes, options?: NodeOptions): BuiltNode;
  /** A node beside it. */
  node(op: string, inputs: Sources, attributes?: Attributes, options?: NodeOptions): BuiltNode;
  /** The first output of a node beside it. */
  value(op: string, inputs: Sources, attributes?: Attributes, options?: NodeOptions): Wire;
  /** A constant beside it. */
  number(value: number, dtype?: DType): Wire;
  constant(tensor: Tensor): Wire;
  /** Says what output `output` is. */
  give(output: number, wire: Wire): void;
  /** Output `output` is nothing but input `input`. */
  same(output: number, input: number): void;
  /** Output `output` is these numbers; a node only where something is wired to it. */
  giveLiteral(output: number, literal: Literal): void;
  /** Output `output` is this wire, of which only the first rows count, as many as the scalar `count` says; the others are −1. */
  giveRows(output: number, wire: Wire, count: Wire): void;
  /** The value of an ONNX name, as a wire; gives up where nothing gives it. */
  named(name: string): Wire;
  /** Output `output` is ∂y/∂x. It can only leave the graph: no node can read a gradient. */
  giveGradient(output: number, y: Wire, x: Wire): void;
  /** The graph must run in train mode (dropout, batch statistics). */
  trains(): void;
  /** `count` itself; gives up where a form would make up more numbers than a few bytes of a file may ask for. */
  bounded(count: number): number;
  /** Gives up: the node is listed as unsupported with this reason (to follow "Conv: "). */
  fail(reason: string): never;
}
