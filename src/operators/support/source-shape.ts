// Shapes that a person writes on data nodes: sizes, or names of dimensions such as "N". The compiler puts numbers in the
// place of names before inference; a name that is still there has no size.
import { z } from 'zod';
import type { Shape } from '../../tensor/shape.ts';
import type { Fail } from '../define-operator.ts';

export const sizeSchema = z.union([z.int().min(0), z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/)], {
  error: 'a size is a whole number from 0, or a name such as N',
});

export const sourceShapeSchema = z.array(sizeSchema).max(8);

/** The shape in numbers, or E_DIMENSION. */
export function checkSizes(shape: z.output<typeof sourceShapeSchema>, fail: Fail): Shape | null {
  const name = shape.find((size) => typeof size === 'string');
  if (name === undefined) return shape as Shape;
  return fail('E_DIMENSION', { attribute: 'shape' }, `the dimension \`${name}\` has no size`, {
    hint: 'N is the batch; any other name needs a number.',
  });
}
