// Sizes of tensors with the batch kept open: what two inferences with different batches tell. Everything here is linear in N.
import type { Shape } from '../../../tensor/shape.ts';
import type { Size } from './write-context.ts';

/** Shapes of one value for two batches → its sizes; null where the ranks differ or a size is not linear with whole numbers. */
export function sizesOf(
  shape: Shape,
  other: Shape,
  { batch, second }: { readonly batch: number; readonly second: number },
): Size[] | null {
  if (shape.length !== other.length) return null;
  const sizes: Size[] = [];
  for (const [axis, size] of shape.entries()) {
    const step = ((other[axis] as number) - size) / (second - batch);
    if (!Number.isInteger(step) || step < 0) return null;
    sizes.push(step === 0 ? size : { times: step, plus: size - step * batch });
  }
  return sizes;
}

/** Name of a size for readers: `N`, `2*N`, `N+1`. */
export function sizeName({ times, plus }: { readonly times: number; readonly plus: number }): string {
  const product = times === 1 ? 'N' : `${times}*N`;
  return plus === 0 ? product : `${product}${plus > 0 ? '+' : '-'}${Math.abs(plus)}`;
}
