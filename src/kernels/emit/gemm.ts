// Matrix products as one WebAssembly function a spec. Loops, outside in: units of rows (192 at most), blocks of k, panels of
// columns; the tiles of a panel are computed by a small function of their own, because engines swap slow first code for
// optimised code only between calls. Every element is summed in k order whatever tile, block or split.
import type { GemmSpec } from '../../program/kernel-spec.ts';
import { assert } from '../../tensor/assert.ts';
import { rowMajorStrides } from '../../tensor/shape.ts';
import type { Code, FunctionCode } from '../encoder/code.ts';
import { branchIf, call, doWhile, forRange, ifElse, loop, select } from '../encoder/control.ts';
import { defineFunction, type Local, type Locals, locals } from '../encoder/function.ts';
import { i32, v128 } from '../encoder/instructions.ts';
import type { EmitOptions, KernelEmitter, Tile } from './emitter.ts';
import { besidesOf, epilogueCode, toDistances } from './epilogue.ts';
import { panelPacker, rowMover, rowPacker } from './gemm-pack.ts';
import { columnUnit, type GemmPlan, planGemm, rowUnit, unitsPerRowBlock } from './gemm-plan.ts';
import { at, storeLanes, tileMaker, vectorsBeside } from './tile.ts';

export const gemm: KernelEmitter<GemmSpec> = {
  emit: (spec, options) => emitGemm(planGemm(spec), options),
  workspaceBytes: (spec) => planGemm(spec).workspaceBytes,
  extent: (spec) => planGemm(spec).extent,
};

const times = (value: Code, factor: number): Code => i32.mul(value, i32.const(factor));
const total = (first: Code, ...rest: readonly Code[]): Code => rest.reduce((sum, term) => i32.add(sum, term), first);

/** One function for equal arguments, so that it enters the module once. */
function memoize(make: (x: number, y: number) => FunctionCode): (x: number, y: number) => FunctionCode {
  const made = new Map<string, FunctionCode>();
  return (x, y) => {
    const key = `${x} ${y}`;
    const code = made.get(key) ?? make(x, y);
    made.set(key, code);
    return code;
  };
}

/** Panels of full width, then one of what is left. */
interface Panels {
  readonly full: Tile;
  /** Columns that full panels cover. */
  readonly covered: number;
  /** Tile and real width of the last panel, when something is left. */
  readonly edge: { readonly tile: Tile; readonly columns: number } | null;
}

function choosePanels(plan: GemmPlan, { tile, fma }: EmitOptions): Panels {
  const { m, n } = plan;
  // Fewer rows than the tile has: wider ones.
  const full = m <= 3 ? { rows: Math.max(1, m), columns: 4 * vectorsBeside(Math.max(1, m), fma) } : tile;
  assert(rowUnit % full.rows === 0 && columnUnit % full.columns === 0, 'tile divides the units of work');
  const rest = n % full.columns;
  if (rest === 0) return { full, covered: n, edge: null };
  // A rest of up to four columns joins the panel before it: three vectors together are busier than one alone.
  const joins = plan.packsA !== 'tiles' && full.columns === 8 && rest <= 4 && n > 8;
  const columns = joins ? 8 + rest : rest;
  const vectors = Math.ceil(columns / 4);
  const rows = plan.packsA === 'tiles' ? full.rows : edgeRows(m, vectors, full.rows, fma);
  return { full, covered: n - columns, edge: { tile: { rows, columns: 4 * vectors }, columns } };
}

/** Rows that fill the registers beside fewer or more vectors than the full tile has. */
function edgeRows(m: number, vectors: number, fullRows: number, fma: boolean): number {
  const candidates = [6, 4, 3, 2, 1].filter((rows) => rows <= m || rows <= fullRows);
  return candidates.find((rows) => vectorsBeside(rows, fma) >= vectors) ?? 1;
}

/** Which part of k a panel function adds up. */
interface DepthPart {
  readonly steps: number;
  readonly first: boolean;
  readonly last: boolean;
}

function emitGemm(plan: GemmPlan, options: EmitOptions): FunctionCode {
  const panels = choosePanels(plan, options);
  const operandCount = plan.epilogue?.inputs.length ?? 0;
  const name = `gemm ${[...plan.batch, plan.m].join('×')}×${plan.n}×${plan.k}`;
  const packer = memoize((columns: number, steps: number) => panelPacker(plan, columns, steps));
  const count = operandCount + besidesOf(plan.epilogue) + 6;
  return defineFunction(name, new Array<'i32'>(count).fill('i32'), (parameters, local) => {
    const [a, b] = (plan.swapped ? [parameters[1], parameters[0]] : parameters) as Locals<2>;
    const [operands, c] = [parameters.slice(2, 2 + operandCount), parameters[2 + operandCount] as Local];
    const besides = parameters.slice(3 + operandCount, -3);
    const [workspace, from, to] = parameters.slice(-3) as readonly Local[] as Locals<3>;
    const [unit, unitEnd, batchIndex, row, rows, column, columnEnd, panel] = locals(local, 'i32', 8);
    const [aBatch, bBatch] = [local('i32'), local('i32')];
    const k0 = local('i32');
    const batchCoordinates = plan.batch.map(() => local('i32'));

    const coordinates = plan.epilogue === null ? [] : [...batchCoordinates, row, column].map(({ get }) => get);
    const aAt = total(aBatch.get, times(row.get, 4 * plan.a.row), times(k0.get, 4 * plan.a.column));
    const bAt = total(bBatch.get, times(k0.get, 4 * plan.b.row), times(column.get, plan.b.fours ?? 4 * plan.b.column));
    const cAt = total(c.get, times(i32.add(times(batchIndex.get, plan.m), row.get), 4 * plan.n), times(column.get, 4));

    const panelCode = (part: DepthPart, tile: Tile, columns: number): Code => {
      const compute = panelFunction(plan, options, part, tile, columns);
      const packed = plan.packsB !== 'no';
      return [
        packed ? call(packer(columns, part.steps), bAt, panel.get) : [],
        call(
          compute,
          plan.packsA === 'no' ? aAt : workspace.get,
          packed ? panel.get : bAt,
          cAt,
          rows.get,
          ...coordinates,
          ...[...operands, ...besides].map(({ get }) => get),
        ),
      ];
    };
    const packerOfA = {
      no: null,
      tiles: (steps: number) => rowPacker(plan, panels.full.rows, steps),
      rows: (steps: number) => rowMover(plan, steps),
    }[plan.packsA];
    const depthPart = (part: DepthPart): Code => [
      packerOfA === null ? [] : call(packerOfA(part.steps), aAt, workspace.get, rows.get),
      forRange(
        column,
        columnStart(plan, from),
        select(i32.ltS(columnEnd.get, i32.const(panels.covered)), columnEnd.get, i32.const(panels.covered)),
        panels.full.columns,
        panels.covered > 0 ? panelCode(part, panels.full, panels.full.columns) : [],
      ),
      panels.edge === null
        ? []
        : ifElse(i32.eq(columnEnd.get, i32.const(plan.n)), [
            column.set(i32.const(panels.covered)),
            panelCode(part, panels.edge.tile, panels.edge.columns),
          ]),
    ];

    const unitsPerMatrix = Math.ceil(plan.m / rowUnit);
    const batchStrides = rowMajorStrides(plan.batch);
    const along = (strides: readonly number[]) =>
      strides.flatMap((stride, axis) =>
        stride === 0 ? [] : [times((batchCoordinates[axis] as Local).get, 4 * stride)],
      );
    const smaller = (x: Code, y: Code): Code => select(i32.ltS(x, y), x, y);
    const splitsRows = plan.splits === 'rows';
    return [
      toDistances(besides, c),
      columnEnd.set(splitsRows ? i32.const(plan.n) : smaller(times(to.get, columnUnit), i32.const(plan.n))),
      panel.set(i32.add(workspace.get, i32.const(plan.panelOffset))),
      unit.set(splitsRows ? from.get : i32.const(0)),
      unitEnd.set(splitsRows ? to.get : i32.const(plan.batchCount * unitsPerMatrix)),
      ifElse(
        i32.ltS(from.get, to.get),
        doWhile(
          [
            batchIndex.set(i32.divS(unit.get, i32.const(unitsPerMatrix))),
            batchCoordinates.map((coordinate, axis) =>
              coordinate.set(
                i32.remS(
                  i32.divS(batchIndex.get, i32.const(batchStrides[axis] as number)),
                  i32.const(plan.batch[axis] as number),
                ),
              ),
            ),
            aBatch.set(total(a.get, i32.const(4 * plan.a.offset), ...along(plan.a.batch))),
            bBatch.set(total(b.get, i32.const(4 * plan.b.offset), ...along(plan.b.batch))),
            row.set(i32.sub(unit.get, times(batchIndex.get, unitsPerMatrix))),
            // Units of this block: not past the part, the matrix, or 192 rows.
            rows.set(smaller(i32.sub(unitEnd.get, unit.get), i32.const(unitsPerRowBlock))),
            rows.set(smaller(rows.get, i32.sub(i32.const(unitsPerMatrix), row.get))),
            unit.set(i32.add(unit.get, rows.get)),
            row.set(times(row.get, rowUnit)),
            rows.set(smaller(times(rows.get, rowUnit), i32.sub(i32.const(plan.m), row.get))),
            depthBlocks(plan, k0, depthPart),
          ],
          i32.ltS(unit.get, unitEnd.get),
        ),
      ),
    ];
  });
}

function columnStart(plan: GemmPlan, from: Local): Code {
  return plan.splits === 'rows' ? i32.const(0) : times(from.get, columnUnit);
}

/** First, middle and last block of k; one alone is both first and last. */
function depthBlocks(plan: GemmPlan, k0: Local, body: (part: DepthPart) => Code): Code {
  const { k, depth } = plan;
  const blocks = depth === 0 ? 1 : Math.ceil(k / depth);
  if (blocks === 1) return [k0.set(i32.const(0)), body({ steps: k, first: true, last: true })];
  const lastStart = (blocks - 1) * depth;
  return [
    k0.set(i32.const(0)),
    body({ steps: depth, first: true, last: false }),
    forRange(k0, depth, lastStart, depth, body({ steps: depth, first: false, last: false })),
    k0.set(i32.const(lastStart)),
    body({ steps: k - lastStart, first: false, last: true }),
  ];
}

/**
 * (a at the first row, b at the first column, c, rows, coordinates of the first element…, operands…, distances…): all rows of
 * one panel of columns, over one part of k.
 */
function panelFunction(
  plan: GemmPlan,
  options: EmitOptions,
  part: DepthPart,
  tile: Tile,
  columns: number,
): FunctionCode {
  const epilogue = part.last ? plan.epilogue : null;
  const rank = plan.epilogue === null ? 0 : plan.batch.length + 2;
  const operandCount = (plan.epilogue?.inputs.length ?? 0) + besidesOf(plan.epilogue);
  const vectors = Math.ceil(columns / 4);
  const name = `gemm tiles ${tile.rows}×${columns}×${part.steps}`;
  return defineFunction(name, new Array<'i32'>(4 + rank + operandCount).fill('i32'), (parameters, local) => {
    const [a, b, c, rows] = parameters as Locals<4>;
    const coordinates = parameters.slice(4, 4 + rank);
    const rowCoordinate = coordinates[rank - 2];
    const [aNow, bNow, bEnd] = [local('i32'), local('i32'), local('i32')];
    const makeTile = tileMaker(local, options.fma);
    const toMemory = epilogueCode(epilogue, parameters.slice(4 + rank), local, options.fma);
    const aRow = { no: 4 * plan.a.row, tiles: 4, rows: plan.packedPitch }[plan.packsA];
    const aStep = plan.packsA === 'tiles' ? 4 * tile.rows : 4 * plan.a.column;
    const bStep = plan.packsB === 'no' ? 4 * plan.b.row : 16 * vectors;
    const bVector = plan.b.fours === undefined ? 16 : 4 * plan.b.fours;

    const compute = (count: number): Code => {
      const registers = makeTile(count, vectors);
      const each = (visit: (register: Local, i: number, j: number) => Code) =>
        registers.accumulators.map((line, i) => line.map((register, j) => visit(register, i, j)));
      const step = registers.step(
        (i) => v128.load32Splat(...at(aNow.get, i * aRow)),
        (j) => v128.load(bNow.get, bVector * j),
      );
      const lanes = (j: number) => Math.min(4, columns - 4 * j);
      return [
        part.first
          ? registers.clear()
          : each((register, i, j) => register.set(v128.load(c.get, 4 * i * plan.n + 16 * j))),
        part.steps === 0
          ? []
          : [
              aNow.set(a.get),
              bNow.set(b.get),
              bEnd.set(i32.add(b.get, i32.const(part.steps * bStep))),
              loop([
                step,
                aNow.set(i32.add(aNow.get, i32.const(aStep))),
                branchIf(0, i32.ne(bNow.tee(i32.add(bNow.get, i32.const(bStep))), bEnd.get)),
              ]),
            ],
        toMemory(
          coordinates.map(({ get }) => get),
          (finish) =>
            each((register, i, j) =>
              finish(
                register,
                {
                  displacement: coordinates.map((_, axis) => (axis === rank - 2 ? i : axis === rank - 1 ? 4 * j : 0)),
                  axis: rank - 1,
                  step: 1,
                  lanes: lanes(j),
                },
                c,
                (to, value) => storeLanes(to, value, lanes(j), 4 * i * plan.n + 16 * j),
              ),
            ),
        ),
      ];
    };

    const aTileBytes = plan.packsA === 'tiles' ? 4 * tile.rows * part.steps : tile.rows * aRow;
    const whole = [
      compute(tile.rows),
      a.set(i32.add(a.get, i32.const(aTileBytes))),
      c.set(i32.add(c.get, i32.const(4 * tile.rows * plan.n))),
      rows.set(i32.sub(rows.get, i32.const(tile.rows))),
      epilogue === null
        ? []
        : (rowCoordinate as Local).set(i32.add((rowCoordinate as Local).get, i32.const(tile.rows))),
    ];
    const enough = i32.geS(rows.get, i32.const(tile.rows));
    const rest = plan.m % tile.rows;
    return [
      plan.m >= tile.rows ? ifElse(enough, doWhile(whole, enough)) : [],
      rest === 0 ? [] : ifElse(rows.get, compute(rest)),
    ];
  });
}
