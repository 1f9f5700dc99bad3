// Which expression bodies whole numbers can follow: every line gives an int32 when its operands are.
import type { Expression } from './kernel-spec.ts';

const functions: ReadonlySet<string> = new Set(
  'input coord select neg abs sign floor round not add sub mul div pow max min gt ge lt le eq ne and or'.split(' '),
);

function holds(x: number): boolean {
  return (x | 0) === x && !Object.is(x, -0);
}

/** True where the body has a meaning on int32 alone. */
export function isIntegerBody(body: readonly Expression[]): boolean {
  return body.every((line) => (line.op === 'const' ? holds(line.value) : functions.has(line.op)));
}
