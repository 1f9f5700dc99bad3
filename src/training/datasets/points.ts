// Labelled points of the plane, all drawn when the data set is opened: what spirals, moons and xor have in common.
import { createRandom, type Random } from '../../tensor/random.ts';
import { type DataFields, type Dataset, emptySplit, labelField, type Split } from './dataset.ts';

/** Writes one point: class `label`, the `rank`-th of `perClass`. */
export type PointGenerator = (
  label: number,
  rank: number,
  perClass: number,
  random: Random,
  point: { x: number; y: number },
) => void;

/** Fields of points in the plane with the given class names. */
export function pointFields(classNames: readonly string[]): DataFields {
  return {
    x: { dtype: 'float32', shape: [2], batchAxis: 0, role: 'input' },
    label: labelField(classNames),
  };
}

/** `perClass` training points of each class, class after class, and as many test points drawn anew. */
export function openPoints(
  id: string,
  title: string,
  fields: DataFields,
  perClass: number,
  seed: number,
  generate: PointGenerator,
): Dataset {
  const classes = fields['label']?.classes ?? 0;
  const split = (name: string): Split => {
    const count = perClass * classes;
    const random = createRandom(seed, `${id}/${name}`);
    const coordinates = new Float32Array(count * 2);
    const point = { x: 0, y: 0 };
    for (let i = 0; i < count; i++) {
      generate(Math.floor(i / perClass), i % perClass, perClass, random, point);
      coordinates[i * 2] = point.x;
      coordinates[i * 2 + 1] = point.y;
    }
    return {
      count,
      endless: false,
      fill(field, indices, from, n, out) {
        for (let i = 0; i < n; i++) {
          const index = indices[from + i] as number;
          if (field === 'label') out[i] = Math.floor(index / perClass);
          else {
            out[i * 2] = coordinates[index * 2] as number;
            out[i * 2 + 1] = coordinates[index * 2 + 1] as number;
          }
        }
      },
    };
  };
  return { id, title, fields, splits: { train: split('train'), validation: emptySplit, test: split('test') } };
}
