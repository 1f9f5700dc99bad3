// Folding vectors into accumulators. Sums are exact to about one rounding whatever their length: short runs are added plainly,
// and each run is added to a total that carries its rounding error along (Knuth's two-sum). The order never depends on the caller.
import type { ReduceSpec } from '../../program/kernel-spec.ts';
import type { Code } from '../encoder/code.ts';
import { forRange } from '../encoder/control.ts';
import type { Local, NewLocal } from '../encoder/function.ts';
import { f32x4, v128 } from '../encoder/instructions.ts';
import { identity } from '../reference/reduce.ts';

export type FoldKind = ReduceSpec['outputs'][number]['by'];

/** acc = acc ∘ value; max and min keep NaN of either. `spare` may be overwritten. */
export function foldInto(kind: FoldKind, acc: Local, value: Code, spare: Local): Code {
  if (kind === 'sum') return acc.set(f32x4.add(acc.get, value));
  if (kind === 'prod') return acc.set(f32x4.mul(acc.get, value));
  const pick = kind === 'max' ? f32x4.pmax : f32x4.pmin;
  return [
    spare.set(value),
    acc.set(v128.or(pick(acc.get, spare.get), f32x4.ne(spare.get, spare.get))), // all ones are a NaN
  ];
}

export interface Total {
  /** Sets it to the identity. */
  readonly clear: Code;
  /** Folds one run's result in. */
  add(run: Local): Code;
  /** Leaves the total in the local given. */
  into(result: Local): Code;
}

/** `runs`: how many runs will be added; a single one needs no carried error. */
export function createTotal(kind: FoldKind, runs: number, local: NewLocal, spare: Local): Total {
  const total = local('v128');
  const clear = total.set(f32x4.splatConst(identity[kind]));
  if (kind !== 'sum') {
    return { clear, add: (run) => foldInto(kind, total, run.get, spare), into: (result) => result.set(total.get) };
  }
  if (runs === 1) return { clear: [], add: (run) => total.set(run.get), into: (result) => result.set(total.get) };
  const error = local('v128');
  const next = local('v128');
  const { add, sub } = f32x4;
  return {
    clear: [clear, error.set(f32x4.splatConst(0))],
    add: (run) => [
      next.set(add(total.get, run.get)),
      spare.set(sub(next.get, total.get)),
      error.set(add(error.get, add(sub(total.get, sub(next.get, spare.get)), sub(run.get, spare.get)))),
      total.set(next.get),
    ],
    // Beside an infinite total the error is NaN: the total alone is right.
    into: (result) => result.set(add(total.get, v128.and(error.get, f32x4.eq(error.get, error.get)))),
  };
}

/** Folds the four lanes to one value in all lanes, as (0 ∘ 2) ∘ (1 ∘ 3). */
export function foldLanes(kind: FoldKind, acc: Local, spare: Local): Code {
  return [
    foldInto(kind, acc, v128.shuffle32(acc.get, acc.get, [2, 3, 0, 1]), spare),
    foldInto(kind, acc, v128.shuffle32(acc.get, acc.get, [1, 0, 3, 2]), spare),
  ];
}

/** Rounds of `body`, in groups of at most `group` rounds with `before` and `after` around each. */
export function inGroups(count: number, group: number, local: NewLocal, before: Code, body: Code, after: Code): Code {
  if (count === 0) return [];
  const round = local('i32');
  if (count <= group) return [before, forRange(round, 0, count, 1, body), after];
  const groups = local('i32');
  const full = [before, forRange(round, 0, group, 1, body), after];
  return [
    forRange(groups, 0, Math.floor(count / group), 1, full),
    inGroups(count % group, group, local, before, body, after),
  ];
}
