// The expression that a product passes through on its way to memory, one vector of four at a time. Operands are addressed
// from the coordinates of the tile's first element; everything within the tile is a constant displacement.
import type { Access, Epilogue } from '../../program/kernel-spec.ts';
import type { Code } from '../encoder/code.ts';
import type { Local, NewLocal } from '../encoder/function.ts';
import { f32, f32x4, i32 } from '../encoder/instructions.ts';
import { emitVectorExpression } from './expression.ts';
import { loadStrided } from './tile.ts';
import { createBlockPool } from './vector-block.ts';

/** Where a vector's first lane lies from the tile's first element, per output axis, and along which axis its lanes go. */
export interface VectorPlace {
  readonly displacement: readonly number[];
  readonly axis: number;
  /** Coordinates between lanes. */
  readonly step: number;
  readonly lanes: number;
}

/** Replaces the vector by what is to be stored. */
export type Finish = (value: Local, place: VectorPlace) => Code;

/**
 * One tile's way to memory: `coordinates` (i32, one an axis) are those of its first element, `stores` makes the code that
 * finishes and stores every vector.
 */
export type EpilogueCode = (coordinates: readonly Code[], stores: (finish: Finish) => Code) => Code;

/** `addresses` hold the operands' buffers; without an epilogue no code is made. */
export function epilogueCode(
  epilogue: Epilogue | null,
  addresses: readonly Local[],
  local: NewLocal,
  fma: boolean,
): EpilogueCode {
  if (epilogue === null) return (_, stores) => stores(() => []);
  const { inputs, body } = epilogue;
  const pool = createBlockPool(local, fma);
  const bases = inputs.map(() => local('i32'));
  const axes = [...new Set(body.flatMap((line) => (line.op === 'coord' ? [line.axis] : [])))];
  const starts = new Map(axes.map((axis) => [axis, local('i32')]));

  function address({ offset, strides }: Access, buffer: Local, coordinates: readonly Code[]): Code {
    return strides.reduce<Code>(
      (sum, stride, axis) =>
        stride === 0 ? sum : i32.add(sum, i32.mul(coordinates[axis] as Code, i32.const(4 * stride))),
      i32.add(buffer.get, i32.const(4 * offset)),
    );
  }

  function operand(access: Access, base: Local, place: VectorPlace): Code {
    const offset = access.strides.reduce((sum, stride, axis) => sum + stride * (place.displacement[axis] as number), 0);
    const step = (access.strides[place.axis] as number) * place.step;
    const loaded = loadStrided(base.get, 4 * offset, 4 * step, place.lanes);
    return access.dtype === 'int32' ? f32x4.convertI32x4S(loaded) : loaded;
  }

  function coordinate(axis: number, place: VectorPlace): Code {
    const start = f32.convertI32S(
      i32.add((starts.get(axis) as Local).get, i32.const(place.displacement[axis] as number)),
    );
    const lanes = axis === place.axis ? f32x4.const(0, place.step, 2 * place.step, 3 * place.step) : null;
    return lanes === null ? f32x4.splat(start) : f32x4.add(f32x4.splat(start), lanes);
  }

  const finish: Finish = (value, place) => {
    const block = pool.begin();
    const operands = [value.get, ...inputs.map((access, i) => operand(access, bases[i] as Local, place))];
    const result = emitVectorExpression(block, body, operands, (axis) => coordinate(axis, place));
    return [block.statements(), value.set(result)];
  };
  return (coordinates, stores) => {
    const body = stores(finish);
    return [
      // Constants are loaded at every tile: held through the reduction loop they would cost it registers.
      pool.prologue(),
      inputs.map((access, i) => (bases[i] as Local).set(address(access, addresses[i] as Local, coordinates))),
      axes.map((axis) => (starts.get(axis) as Local).set(coordinates[axis] as Code)),
      body,
    ];
  };
}
