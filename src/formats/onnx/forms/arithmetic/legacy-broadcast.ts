// Broadcasting as it was before operator set 7: only where `broadcast` says so, the second operand laid along `axis`.
import type { ReadContext, Wire } from '../../reading/read-context.ts';

/** Wires of the two operands, in shapes that broadcast as everywhere else. */
export function operands(context: ReadContext): { readonly a: Wire; readonly b: Wire } {
  const [a, b] = [context.wire(0), context.wire(1)];
  if (context.opset >= 7) return { a, b };
  context.ignore('broadcast');
  const given = context.int('axis');
  if (given === undefined) return { a, b };
  const [rank, own] = [context.rank(0), context.rank(1)];
  const axis = given < 0 ? given + rank : given;
  const missing = rank - axis - own;
  if (missing <= 0) return { a, b };
  return { a, b: context.value('unsqueeze', { x: b }, { dim: Array.from({ length: missing }, (_, i) => own + i) }) };
}
