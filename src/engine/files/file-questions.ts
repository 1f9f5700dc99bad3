// What must be known of the inputs of an ONNX model before all of it can be read, as questions for the page.
import { listsTried, proposeNumbers } from '../../formats/onnx/propose-numbers.ts';
import type { OnnxReading, ReadOnnxOptions } from '../../formats/onnx/read-onnx.ts';
import { numel } from '../../tensor/shape.ts';
import { type Tensor, tensor } from '../../tensor/tensor.ts';
import type { FileQuestion } from '../protocol.ts';

/** The file may be read so often for proposals as makes this many bytes; of a larger one ones are proposed. */
const mostBytes = 2 ** 24;

/**
 * @param bytes of the file
 * @param read reads the file again, with numbers for inputs
 */
export function fileQuestions(
  reading: OnnxReading,
  bytes: number,
  read: (fix: NonNullable<ReadOnnxOptions['fix']>) => OnnxReading,
): readonly FileQuestion[] {
  const { graph, toFix, toShape, inputs } = reading;
  const small = bytes * toFix.length * listsTried <= mostBytes;
  const proposals: ReadonlyMap<string, Tensor> = small ? proposeNumbers(reading, toFix, read) : new Map();
  const numbers = toFix.flatMap((input): readonly FileQuestion[] => {
    const node = graph?.nodes.find(({ id }) => id === inputs.get(input));
    if (!node) return [];
    const shape = node.attributes['shape'] as readonly (number | string)[];
    const dtype = node.attributes['dtype'] === 'int32' ? 'int32' : 'float32';
    const proposal = proposals.get(input) ?? ones(shape, dtype);
    return [{ kind: 'numbers', input, shape, dtype, proposal: [...proposal.data] }];
  });
  return [...toShape.map((input) => ({ kind: 'shape' as const, input })), ...numbers];
}

function ones(declared: readonly (number | string)[], dtype: Tensor['dtype']): Tensor {
  const count = Math.min(16, numel(declared.map((size) => (typeof size === 'number' ? size : 1))));
  return tensor([count], new Array<number>(count).fill(1), dtype);
}
