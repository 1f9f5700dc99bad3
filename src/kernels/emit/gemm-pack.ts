// Copies operands of a matrix product to where the tile reads them in sequence: a panel of b as [k][columns], a as row
// tiles [tile][k][rows] or as rows at another distance. Lanes beyond the edge repeat real numbers; nobody reads them.
import type { Code, FunctionCode } from '../encoder/code.ts';
import { doWhile, forRange, ifElse } from '../encoder/control.ts';
import { defineFunction, type Local, type Locals } from '../encoder/function.ts';
import { i32, v128 } from '../encoder/instructions.ts';
import type { GemmPlan } from './gemm-plan.ts';
import { at, loadStrided, storeLanes } from './tile.ts';

/** Of one cache line: rows of a that are packed together, so that no line is fetched twice. */
const lineNumbers = 16;

const indices = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
const advance = (pointer: Local, bytes: number): Code => pointer.set(i32.add(pointer.get, i32.const(bytes)));

/** (address of b[k0, column0], panel): `columns` columns of `depth` rows, padded to whole vectors. */
export function panelPacker(plan: GemmPlan, columns: number, depth: number): FunctionCode {
  const vectors = Math.ceil(columns / 4);
  const rowBytes = 16 * vectors;
  return defineFunction(`pack b ${depth}×${columns}`, ['i32', 'i32'], (parameters, local) => {
    const [source, panel] = parameters;
    const from = local('i32');
    const to = local('i32');
    const count = local('i32');
    const held = indices(8).map(() => local('v128'));
    if (plan.packsB !== 'transpose') {
      const row = indices(vectors).map((vector) => {
        const lanes = Math.min(4, columns - 4 * vector);
        const value = loadStrided(source.get, 16 * vector * plan.b.column, 4 * plan.b.column, lanes);
        return v128.store(panel.get, value, 16 * vector);
      });
      return forRange(count, 0, depth, 1, [row, advance(source, 4 * plan.b.row), advance(panel, rowBytes)]);
    }
    // Four columns, contiguous along k, are turned to four rows at a time; the last round may fill three rows too many.
    return indices(vectors).map((vector) => {
      const column = (lane: number) => Math.min(4 * vector + lane, columns - 1) * 4 * plan.b.column;
      return [
        from.set(source.get),
        to.set(i32.add(panel.get, i32.const(16 * vector))),
        forRange(count, 0, depth, 4, [
          transpose4(
            indices(4).map((lane) => v128.load(...at(from.get, column(lane)))),
            held,
            (row, value) => v128.store(to.get, value, row * rowBytes),
          ),
          advance(from, 16),
          advance(to, 4 * rowBytes),
        ]),
      ];
    });
  });
}

/** Four vectors as the columns of a 4×4 matrix; `write` receives its rows. `held` are eight vector locals. */
function transpose4(columns: readonly Code[], held: readonly Local[], write: (row: number, value: Code) => Code): Code {
  const [c0, c1, c2, c3, low01, high01, low23, high23] = held as Locals<8>;
  return [
    [c0, c1, c2, c3].map((register, i) => register.set(columns[i] as Code)),
    low01.set(v128.shuffle32(c0.get, c1.get, [0, 4, 1, 5])),
    high01.set(v128.shuffle32(c0.get, c1.get, [2, 6, 3, 7])),
    low23.set(v128.shuffle32(c2.get, c3.get, [0, 4, 1, 5])),
    high23.set(v128.shuffle32(c2.get, c3.get, [2, 6, 3, 7])),
    write(0, v128.shuffle32(low01.get, low23.get, [0, 1, 4, 5])),
    write(1, v128.shuffle32(low01.get, low23.get, [2, 3, 6, 7])),
    write(2, v128.shuffle32(high01.get, high23.get, [0, 1, 4, 5])),
    write(3, v128.shuffle32(high01.get, high23.get, [2, 3, 6, 7])),
  ];
}

/** (address of a[row0, k0], target, rows): rows that lie close together there, `depth` numbers of each. */
export function rowMover(plan: GemmPlan, depth: number): FunctionCode {
  return defineFunction(`pack a rows×${depth}`, ['i32', 'i32', 'i32'], (parameters, local) => {
    const [source, target, rows] = parameters;
    const offset = local('i32');
    // The last vector of a row may reach into what nobody reads.
    const row = [
      forRange(offset, 0, 4 * depth, 16, [
        v128.store(i32.add(target.get, offset.get), v128.load(i32.add(source.get, offset.get))),
      ]),
      advance(source, 4 * plan.a.row),
      advance(target, plan.packedPitch),
      advance(rows, -1),
    ];
    return ifElse(i32.gtS(rows.get, i32.const(0)), doWhile(row, i32.gtS(rows.get, i32.const(0))));
  });
}

/** (address of a[row0, k0], target, rows): tiles of `tileRows` rows, for a whose rows are neighbours in memory. */
export function rowPacker(plan: GemmPlan, tileRows: number, depth: number): FunctionCode {
  const vectors = Math.ceil(tileRows / 4);
  const tileBytes = 4 * tileRows * depth;
  return defineFunction(`pack a ${tileRows}×${depth}`, ['i32', 'i32', 'i32'], (parameters, local) => {
    const [source, target, rows] = parameters;
    const [from, to] = [local('i32'), local('i32')];
    const count = local('i32');
    const held = local('v128');
    const vectorOf = (tile: number, vector: number, exact: boolean): Code => {
      const lanes = exact ? Math.min(4, tileRows - 4 * vector) : 4;
      return [
        held.set(v128.load(from.get, 4 * tileRows * tile + 16 * vector)),
        storeLanes(to.get, held, lanes, tile * tileBytes + 16 * vector),
      ];
    };
    const tilesAtOnce = (tiles: number): Code => [
      from.set(source.get),
      to.set(target.get),
      forRange(count, 0, depth, 1, [
        // Of one tile whole vectors are written, and the next step writes over what was too much.
        indices(tiles).map((tile) => indices(vectors).map((vector) => vectorOf(tile, vector, tiles > 1))),
        advance(from, 4 * plan.a.column),
        advance(to, 4 * tileRows),
      ]),
      advance(source, 4 * tileRows * tiles),
      advance(target, tileBytes * tiles),
      advance(rows, -tileRows * tiles),
    ];
    const several = Math.max(1, Math.floor(lineNumbers / tileRows));
    const enough = i32.geS(rows.get, i32.const(several * tileRows));
    const any = i32.gtS(rows.get, i32.const(0));
    return [ifElse(enough, doWhile(tilesAtOnce(several), enough)), ifElse(any, doWhile(tilesAtOnce(1), any))];
  });
}
