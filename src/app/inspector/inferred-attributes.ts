// Attributes that follow from what arrives: all operators call them the same (features are the last dimension, channels the
// second), so no operator is asked.
import type { Shape } from '../../tensor/shape.ts';

/** @param arriving shape of what is wired to `x` */
export function inferredAttributes(arriving: Shape | undefined): Readonly<Record<string, string | undefined>> {
  const last = arriving?.at(-1);
  const channels = arriving?.[1];
  const text = (size: number | undefined): string | undefined => (size === undefined ? undefined : String(size));
  return { in_channels: text(channels), in_features: text(last), input_size: text(last) };
}
