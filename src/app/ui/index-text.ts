import type { Shape } from '../../tensor/shape.ts';

/** `2, 0, 5` for a flat index. */
export function indexText(shape: Shape, index: number): string {
  const parts: number[] = [];
  let rest = index;
  for (const size of shape.toReversed()) {
    parts.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return parts.join(', ');
}
