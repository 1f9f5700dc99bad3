// Structured control flow. Labels are counted by hand (0 is the innermost block), so code that branches should use the
// loops given here; `block`, `branch` and `branchIf` are for the rest.
import type { Code, FunctionCode, ValueType } from './code.ts';
import { unsigned, valueTypeByte } from './code.ts';
import type { Local } from './function.ts';
import { i32 } from './instructions.ts';

/** Left by branching to it. */
export function block(body: Code): Code {
  return [0x02, 0x40, body, 0x0b];
}

/** Begun again by branching to it. */
export function loop(body: Code): Code {
  return [0x03, 0x40, body, 0x0b];
}

/** To the block or loop `depth` around this one. */
export function branch(depth: number): Code {
  return [0x0c, unsigned(depth)];
}

/** The same where the condition is not 0. */
export function branchIf(depth: number, condition: Code): Code {
  return [condition, 0x0d, unsigned(depth)];
}

/** Statements under a condition; both sides count as one block for branches. */
export function ifElse(condition: Code, then: Code, otherwise: Code = []): Code {
  const empty = Array.isArray(otherwise) && otherwise.length === 0;
  return [condition, 0x04, 0x40, then, empty ? [] : [0x05, otherwise], 0x0b];
}

/** A value chosen by a branch: only the side taken is computed. */
export function ifValue(type: ValueType, condition: Code, then: Code, otherwise: Code): Code {
  return [condition, 0x04, valueTypeByte[type], then, 0x05, otherwise, 0x0b];
}

/** One of two values; both are computed. */
export function select(condition: Code, a: Code, b: Code): Code {
  return [a, b, condition, 0x1b];
}

/** Calls another function of the same module, which is added to the module by itself. */
export function call(callee: FunctionCode, ...inputs: readonly Code[]): Code {
  return [inputs, { call: callee }];
}

/** Body first, then again while the condition holds. */
export function doWhile(body: Code, condition: Code): Code {
  return loop([body, branchIf(0, condition)]);
}

/**
 * counter = from; while (counter < to) { body; counter += step }. Signed compare; `to` is evaluated every round. When both
 * ends are numbers the first test, or the whole loop, is left out.
 */
export function forRange(counter: Local, from: number | Code, to: number | Code, step: number, body: Code): Code {
  const start = typeof from === 'number' ? i32.const(from) : from;
  const end = typeof to === 'number' ? i32.const(to) : to;
  const rounds = doWhile([body, counter.set(i32.add(counter.get, i32.const(step)))], i32.ltS(counter.get, end));
  if (typeof from === 'number' && typeof to === 'number') {
    if (from >= to) return [];
    if (from + step >= to) return [counter.set(start), body];
    return [counter.set(start), rounds];
  }
  return [counter.set(start), ifElse(i32.ltS(counter.get, end), rounds)];
}
