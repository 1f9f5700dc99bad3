// An expression whose lines are computed where they become known: those of inputs that never change once a call, those that
// change with a row once a row, the rest at every point.
import type { Expression } from '../../program/kernel-spec.ts';
import type { Code } from '../encoder/code.ts';
import type { Local, NewLocal } from '../encoder/function.ts';
import { asNumber, countUses, type Leaf, lineCode, operandsOf, type Read, type VectorValue } from './expression.ts';
import { createBlockPool, type VectorBlock } from './vector-block.ts';

/** How often a leaf changes: once a call, once a `hoist(1)`, or at every point. */
export type Level = 0 | 1 | 2;

export interface StagedOptions {
  readonly local: NewLocal;
  readonly fma: boolean;
  /** 2 for every leaf unless told. Lines of lower leaves only are computed by `hoist`. */
  readonly level?: (leaf: Leaf) => Level;
}

export interface StagedExpression {
  /** To run once, before all that follows. */
  readonly prologue: Code;
  /** Computes the lines of level 0 or 1; to run when their leaves are known. */
  hoist(level: 0 | 1, read: Read): Code;
  /**
   * One point: run the statements, then use the results before evaluating again (locals are shared). With several results all
   * are computed by the statements; a single one may be computed by its own code, which then stands for one use.
   */
  evaluate(read: Read): { readonly statements: Code; readonly results: readonly Code[] };
}

/** Compiles `body`; `results` are the lines wanted. */
export function compileStagedExpression(
  body: readonly Expression[],
  results: readonly number[],
  { local, fma, level = () => 2 }: StagedOptions,
): StagedExpression {
  const pool = createBlockPool(local, fma);
  const uses = countUses(body, results);
  const levels = body.reduce<Level[]>((known, e) => {
    const own = e.op === 'input' || e.op === 'coord' ? level(e) : 0;
    known.push(Math.max(own, ...operandsOf(e).map((at) => known[at] as Level)) as Level);
    return known;
  }, []);
  const kept = keptLines(body, results, uses, levels, local);

  /** Computes the lines of one level, in order; gives the values of all lines so far. */
  function compute(at: Level, block: VectorBlock, read: Read): (line: number) => VectorValue {
    const values = new Map<number, VectorValue>();
    const value = (line: number): VectorValue => {
      const e = body[line];
      if (e?.op === 'const') return { kind: 'number', code: block.constant(e.value) };
      return values.get(line) ?? { kind: 'number', code: (kept.get(line) as Local).get };
    };
    body.forEach((e, line) => {
      if (uses[line] === 0 || levels[line] !== at || e.op === 'const') return;
      const computed = lineCode(e, body, block, value, read);
      const keeper = kept.get(line);
      if (keeper) block.run(keeper.set(asNumber(block, computed)));
      else if ((uses[line] as number) > 1) values.set(line, { kind: computed.kind, code: block.hold(computed.code) });
      else values.set(line, computed);
    });
    return value;
  }

  const hoist: StagedExpression['hoist'] = (at, read) => {
    const block = pool.begin();
    compute(at, block, read);
    return block.statements();
  };
  const evaluate: StagedExpression['evaluate'] = (read) => {
    const block = pool.begin();
    const value = compute(2, block, read);
    const codes = results.map((line) => {
      const code = asNumber(block, value(line));
      return results.length > 1 ? block.hold(code) : code;
    });
    return { statements: block.statements(), results: codes };
  };
  for (const at of [0, 1] as const) hoist(at, () => []); // collects the constants
  evaluate(() => []);
  return { prologue: pool.prologue(), hoist, evaluate };
}

/** Locals for the lines of level 0 and 1 that a higher level or a result reads. */
function keptLines(
  body: readonly Expression[],
  results: readonly number[],
  uses: readonly number[],
  levels: readonly Level[],
  local: NewLocal,
): ReadonlyMap<number, Local> {
  const kept = new Map<number, Local>();
  const keep = (line: number) => {
    if (body[line]?.op !== 'const' && !kept.has(line)) kept.set(line, local('v128'));
  };
  body.forEach((e, line) => {
    if (uses[line] === 0) return;
    for (const at of operandsOf(e)) if ((levels[at] as Level) < (levels[line] as Level)) keep(at);
  });
  for (const line of results) if ((levels[line] as Level) < 2) keep(line);
  return kept;
}
