// Numbers for an input that decides shapes, until somebody says better ones: those of a few usual lists with which the fewest
// nodes stay without a shape. Tried by reading the file with each.
import { numel } from '../../tensor/shape.ts';
import { type Tensor, tensor } from '../../tensor/tensor.ts';
import type { OnnxReading } from './read-onnx.ts';

type Fix = ReadonlyMap<string, Tensor>;

/**
 * @param reading of the file without the numbers
 * @param inputs ONNX names among its `toFix`
 * @param read reads the file with such numbers
 * @returns a tensor for each; an open size of its shape becomes 1
 */
export function proposeNumbers(reading: OnnxReading, inputs: readonly string[], read: (fix: Fix) => OnnxReading): Fix {
  const proposed = new Map<string, Tensor>();
  for (const name of inputs) {
    const node = reading.graph?.nodes.find(({ id }) => id === reading.inputs.get(name));
    if (!node) continue;
    const declared = node.attributes['shape'] as readonly (number | string)[];
    const shape = declared.map((size) => (typeof size === 'number' ? size : 1));
    const dtype = node.attributes['dtype'] === 'int32' ? 'int32' : 'float32';
    const count = Math.min(numel(shape), mostProposed);
    const tried = usual.map((each) => {
      const list = Array.from({ length: count }, (_, i) => each(i, count));
      const fixed = tensor(list.length === numel(shape) ? shape : [list.length], list, dtype);
      const { diagnostics, unshaped } = read(new Map([...proposed, [name, fixed]]));
      return { fixed, faults: diagnostics.filter(({ severity }) => severity === 'error').length + unshaped };
    });
    const least = Math.min(...tried.map(({ faults }) => faults));
    const best = tried.find(({ faults }) => faults === least);
    if (best) proposed.set(name, best.fixed);
  }
  return proposed;
}

/** Longer lists are no sizes. */
const mostProposed = 16;

/** Sizes, counts and factors; a shape as it was (0 copies a size, −1 is the rest); places and borders; dimensions in order. */
const usual: readonly ((i: number, count: number) => number)[] = [
  () => 1,
  (i, count) => (i === count - 1 ? -1 : 0),
  () => 0,
  (i) => i,
];

/** How often the file is read for each input. */
export const listsTried = usual.length;
