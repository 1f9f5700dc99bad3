// Iteration spaces: which axes a kernel walks, merged and ordered, and the loop over "items" that a call's [from, to) selects.
// An item is a point of the outer axes; what happens along the innermost axis is left to the kernel.
import type { Shape, Strides } from '../../tensor/shape.ts';
import type { Code } from '../encoder/code.ts';
import { forRange, ifElse } from '../encoder/control.ts';
import type { Local, NewLocal } from '../encoder/function.ts';
import { i32, plusBytes } from '../encoder/instructions.ts';

/** One loop: how many rounds, and how far each buffer moves a round (elements). */
export interface Axis {
  readonly size: number;
  readonly strides: Strides;
}

/** The axes of `shape`, each with its stride in every buffer; axes of size 1 are dropped. */
export function axesOf(shape: Shape, buffers: readonly Strides[]): Axis[] {
  const axes = shape.map((size, axis) => ({ size, strides: buffers.map((strides) => strides[axis] as number) }));
  return axes.filter(({ size }) => size !== 1);
}

/** Joins neighbours that every buffer walks as if they were one axis, after ordering them by the strides of `leader`. */
export function mergeAxes(axes: readonly Axis[], leader: number): Axis[] {
  const reach = ({ strides }: Axis) => Math.abs(strides[leader] as number);
  const merged: Axis[] = [];
  for (const axis of [...axes].sort((a, b) => reach(b) - reach(a))) {
    const outer = merged.at(-1);
    if (outer?.strides.every((stride, i) => stride === (axis.strides[i] as number) * axis.size)) {
      merged[merged.length - 1] = { size: outer.size * axis.size, strides: axis.strides };
    } else merged.push(axis);
  }
  return merged;
}

/** A buffer's moving address, or a coordinate's moving value: `unit` is 4 for bytes, 1 for a coordinate. */
export interface Pointer {
  readonly local: Local;
  readonly unit: 1 | 4;
}

/** Moves every pointer `count` steps along the axis. */
export function advance(pointers: readonly Pointer[], { strides }: Axis, count = 1): Code {
  return pointers.map(({ local, unit }, i) => move(local, (strides[i] as number) * unit * count));
}

function move(local: Local, distance: number): Code {
  return distance === 0 ? [] : local.set(plusBytes(local.get, distance));
}

/**
 * for (item = from; item < to; item++) body, with the pointers (which stand at item 0) moved to each item in turn. `coordinates`
 * receives a local per axis that holds the item's position, last axis fastest.
 */
export function forItems(
  axes: readonly Axis[],
  pointers: readonly Pointer[],
  from: Code,
  to: Code,
  local: NewLocal,
  body: (coordinates: readonly Local[]) => Code,
): Code {
  const item = local('i32');
  const coordinates = axes.map(() => local('i32'));
  const rest = local('i32');
  const seek: Code[] = [rest.set(from)];
  for (let a = axes.length - 1; a >= 0; a--) {
    const { size, strides } = axes[a]!;
    const at = coordinates[a]!;
    seek.push(
      a === 0
        ? at.set(rest.get)
        : [at.set(i32.remU(rest.get, i32.const(size))), rest.set(i32.divU(rest.get, i32.const(size)))],
      pointers.map(({ local: pointer, unit }, i) => {
        const distance = (strides[i] as number) * unit;
        return distance === 0 ? [] : pointer.set(i32.add(pointer.get, i32.mul(at.get, i32.const(distance))));
      }),
    );
  }
  const next = (a: number): Code => {
    if (a < 0) return [];
    const { size } = axes[a]!;
    const at = coordinates[a]!;
    const wrapped = [at.set(i32.const(0)), advance(pointers, axes[a]!, -size), next(a - 1)];
    return [
      advance(pointers, axes[a]!),
      at.set(i32.add(at.get, i32.const(1))),
      a === 0 ? [] : ifElse(i32.eq(at.get, i32.const(size)), wrapped),
    ];
  };
  return ifElse(i32.ltS(from, to), [seek, forRange(item, from, to, 1, [body(coordinates), next(axes.length - 1)])]);
}

/** Loops over all points of the axes, moving the pointers along and back again. */
export function forAll(axes: readonly Axis[], pointers: readonly Pointer[], local: NewLocal, body: Code): Code {
  return axes.reduceRight<Code>((inner, axis) => {
    const counter = local('i32');
    return [forRange(counter, 0, axis.size, 1, [inner, advance(pointers, axis)]), advance(pointers, axis, -axis.size)];
  }, body);
}

/** while (left ≥ count) { body; left −= count } */
export function whileAtLeast(left: Local, count: number, body: Code): Code {
  const enough = i32.geS(left.get, i32.const(count));
  const round = [body, left.set(i32.sub(left.get, i32.const(count)))];
  return ifElse(enough, [0x03, 0x40, round, enough, 0x0d, 0, 0x0b]);
}
