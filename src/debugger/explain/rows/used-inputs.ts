import type { Expression } from '../../../program/kernel-spec.ts';

/** Inputs that one line of a body hangs on. */
export function usedInputs(body: readonly Expression[], line: number): Set<number> {
  const used = new Set<number>();
  const visit = (at: number): void => {
    const e = body[at] as Expression;
    if (e.op === 'input') used.add(e.input);
    if ('a' in e) visit(e.a);
    if ('b' in e) visit(e.b);
    if ('condition' in e) visit(e.condition);
  };
  visit(line);
  return used;
}
