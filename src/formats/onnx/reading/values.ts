// What every ONNX name stands for while a graph is read: a wire of ours, numbers of the file that no node needs yet, or both.
// Numbers become a node when first wired: small or whole ones a constant, the others a parameter, which all share.
import { numel } from '../../../tensor/shape.ts';
import type { GraphBuilder } from './graph-builder.ts';
import type { Literal } from './literal.ts';
import type { Wire } from './read-context.ts';

export interface OnnxName {
  readonly name: string;
  readonly literal?: Literal;
  wire?: Wire;
}

/** Constants are written into the graph, so long lists stay out of it. */
const mostConstant = 65_536;
/** A float tensor of at most this many numbers is a constant: a scale, an epsilon, a limit. */
const mostSmall = 16;

/**
 * The wire of a name; places its numbers as a node where they have none yet. Null: no node can hold them.
 * @param trains  numbers that serve as weights: a parameter, however few they are
 */
export function wireOf(builder: GraphBuilder, value: OnnxName, trains = false): Wire | null {
  const { name, literal } = value;
  if (value.wire !== undefined || !literal) return value.wire ?? null;
  const asParameter = trains && literal.dtype === 'float32';
  const wire = asParameter ? placeParameter(builder, name, literal) : placeLiteral(builder, name, literal);
  if (wire !== null) value.wire = wire;
  return wire;
}

/** Numbers as a node: a constant, or a parameter where they are many or not finite. */
export function placeLiteral(builder: GraphBuilder, name: string, literal: Literal): Wire | null {
  const count = numel(literal.shape);
  const small = literal.fill !== undefined || count <= (literal.dtype === 'int32' ? mostConstant : mostSmall);
  if (small && allFinite(literal)) return placeConstant(builder, name, literal);
  return literal.dtype === 'int32' ? null : placeParameter(builder, name, literal);
}

function placeParameter(builder: GraphBuilder, name: string, literal: Literal): Wire | null {
  const inputs = { value: { own: literal } };
  const fixed = allFinite(literal) ? {} : { trainable: false as const };
  const built = builder.add({ name, op: 'parameter', inputs, attributes: { shape: literal.shape }, ...fixed });
  return 'fault' in built ? null : built.port('y');
}

function placeConstant(builder: GraphBuilder, name: string, literal: Literal): Wire | null {
  const { shape, dtype, fill } = literal;
  // A shape in the file has no sizes of 0; an empty list says its own.
  const empty = shape.length === 1 && shape[0] === 0;
  const list = () => (shape.length === 0 ? (literal.data()[0] as number) : [...literal.data()]);
  const attributes = empty ? { value: [], dtype } : { value: fill ?? list(), shape, dtype };
  const built = builder.add({ name, op: 'constant', attributes });
  return 'fault' in built ? null : built.port('y');
}

function allFinite({ fill, data }: Literal): boolean {
  return fill === undefined ? data().every(Number.isFinite) : Number.isFinite(fill);
}
