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
    const tried = usual(Math.min(numel(shape), mostProposed)).map((list) => {
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
function usual(count: number): readonly (readonly number[])[] {
  const of = (each: (i: number) => number) => Array.from({ length: count }, (_, i) => each(i));
  return [of(() => 1), of((i) => (i === count - 1 ? -1 : 0)), of(() => 0), of((i) => i)];
}
