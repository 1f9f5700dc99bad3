// What a form's `write` sees of one node of the opened graph, and what it writes with. Tensors are named; a form gives every
// output in `outputs` by that name, names between are made. A form that needs a newer operator set asks with `needs`.
import type { Operator, TensorType } from '../../../operators/define-operator.ts';
import type { Tensor } from '../../../tensor/tensor.ts';

/** An attribute with its ONNX type: numbers alone do not say whether they are int or float. */
export type OnnxAttribute =
  | { readonly int: number }
  | { readonly float: number }
  | { readonly ints: readonly number[] }
  | { readonly floats: readonly number[] }
  | { readonly text: string }
  | { readonly texts: readonly string[] };
export type OnnxAttributes = Readonly<Record<string, OnnxAttribute | undefined>>;

/** A size: a number, or `times`·N + `plus` with the batch N, which is not known when the file is written. */
export type Size = number | { readonly times: number; readonly plus: number };

/** A tensor of the file. */
export interface OnnxValue extends TensorType {
  readonly name: string;
  /** As `shape`, with the batch kept open. */
  readonly sizes: readonly Size[];
}

/** An input of an ONNX node: a tensor, its name, or nothing for an optional one that is left out. */
export type OnnxInput = OnnxValue | string | undefined;

export interface NodeOptions {
  /** Names of the outputs, '' for one that nobody needs. Left out: one name is made. */
  readonly outputs?: readonly string[];
  readonly domain?: string;
}

export interface WriteContext {
  readonly path: string;
  readonly operator: Operator;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Ports that have a value, parameters included: `x`, `weight`; of variadic ports x0, x1, … */
  readonly inputs: Readonly<Record<string, OnnxValue>>;
  readonly state: Readonly<Record<string, OnnxValue>>;
  /** Tensors that must be given; variadic ones as y0, y1, … */
  readonly outputs: Readonly<Record<string, OnnxValue>>;
  /** Does anything read this output? One that nobody reads need not be given. */
  wanted(port: string): boolean;
  /** The operator set of the default domain that is being written. */
  readonly opset: number;
  /** True if the file may be of this operator set; otherwise the file is written anew with it. */
  needs(opset: number): void;
  /** One node; names of its outputs. */
  node(op: string, inputs: readonly OnnxInput[], attributes?: OnnxAttributes, options?: NodeOptions): string[];
  /** One node with one output between; its name. */
  value(op: string, inputs: readonly OnnxInput[], attributes?: OnnxAttributes): string;
  /** One node that gives output `port` (default y). */
  result(op: string, inputs: readonly OnnxInput[], attributes?: OnnxAttributes, port?: string): void;
  /** Constants as initialisers; the same numbers are kept once. Left out: shape [length]; `scalar`: of rank 0. */
  int64(values: readonly number[] | number): string;
  float32(values: readonly number[] | number, shape?: readonly number[]): string;
  /** Numbers of a tensor that the file holds; null for one that is computed. */
  contents(value: OnnxValue): Tensor | null;
  /** One more initialiser, called `<path>.<name>`. */
  initializer(name: string, tensor: Tensor): string;
  /** A 1-d int64 tensor of these sizes: a constant, or computed from the batch of an input. */
  sizes(sizes: readonly Size[]): string;
  /** The node cannot be written: no bytes come out, the reason is listed. */
  cannot(reason: string, attribute?: string): void;
}

/** Writes one node of ours. */
export type WriteForm = (context: WriteContext) => void;

export const int = (value: number): OnnxAttribute => ({ int: value });
export const float = (value: number): OnnxAttribute => ({ float: value });
export const ints = (values: readonly number[]): OnnxAttribute => ({ ints: values });
export const floats = (values: readonly number[]): OnnxAttribute => ({ floats: values });
export const text = (value: string): OnnxAttribute => ({ text: value });
export const texts = (values: readonly string[]): OnnxAttribute => ({ texts: values });
