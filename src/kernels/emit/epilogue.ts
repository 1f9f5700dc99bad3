// The expression that a product passes through on its way to memory, one vector of four at a time. Operands are addressed
// from the coordinates of the tile's first element; everything within the tile is a constant displacement. Lines that are
// stored besides lie as far from their output's start as the last one from its own.
import type { Access, Epilogue } from '../../program/kernel-spec.ts';
import type { Code } from '../encoder/code.ts';
import type { Local, NewLocal } from '../encoder/function.ts';
import { f32, f32x4, i32 } from '../encoder/instructions.ts';
import { emitVectorLines } from './expression.ts';
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

/** Writes the lanes of a vector, as the place says, `to` and a displacement of the caller's. */
export type Store = (to: Code, value: Local) => Code;

/** Replaces the vector by what is to be stored, and stores it. */
export type Finish = (value: Local, place: VectorPlace, to: Local, store: Store) => Code;

/**
 * One tile's way to memory: `coordinates` (i32, one an axis) are those of its first element, `stores` makes the code that
 * finishes and stores every vector.
 */
export type EpilogueCode = (coordinates: readonly Code[], stores: (finish: Finish) => Code) => Code;

/** Outputs besides the first. */
export function besidesOf(epilogue: Epilogue | null): number {
  return epilogue?.also?.length ?? 0;
}

/** From the addresses of outputs to how far they are from the first output's, which is what `epilogueCode` takes. */
export function toDistances(besides: readonly Local[], output: Local): Code {
  return besides.map((address) => address.set(i32.sub(address.get, output.get)));
}

/** `addresses` hold the operands' buffers, then the distances of the outputs besides the first; without an epilogue it only stores. */
export function epilogueCode(
  epilogue: Epilogue | null,
  addresses: readonly Local[],
  local: NewLocal,
  fma: boolean,
): EpilogueCode {
  if (epilogue === null) return (_, stores) => stores((value, _place, to, store) => store(to.get, value));
  const { inputs, body, also = [] } = epilogue;
  const besides = also.map((line, i) => ({
    line,
    kept: local('v128'),
    distance: addresses[inputs.length + i] as Local,
  }));
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

  const finish: Finish = (value, place, to, store) => {
    const block = pool.begin();
    const operands = [value.get, ...inputs.map((access, i) => operand(access, bases[i] as Local, place))];
    const lines = [...also, body.length - 1];
    const codes = emitVectorLines(block, body, lines, operands, (axis) => coordinate(axis, place));
    return [
      block.statements(),
      besides.map(({ kept, distance }, i) => [kept.set(codes[i] as Code), store(i32.add(to.get, distance.get), kept)]),
      value.set(codes.at(-1) as Code),
      store(to.get, value),
    ];
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
