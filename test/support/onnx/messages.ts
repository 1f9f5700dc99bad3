// ONNX models put together message by message: what tests say of a file, without a tool that writes one.
import { type Draft, type ModelProto, onnx } from '../../../src/formats/onnx/onnx-messages.generated.js';

export type OnnxGraph = NonNullable<Draft<ModelProto>['graph']>;
export type OnnxInitializer = NonNullable<OnnxGraph['initializer']>[number];

/** A border of a graph; sizes are numbers, names, or null for nothing said. Element type 1 is float, 7 int64. */
export const value = (name: string, shape: readonly (number | string | null)[], elemType = 1) => ({
  name,
  type: {
    tensorType: {
      elemType,
      shape: {
        dim: shape.map((size) =>
          typeof size === 'number' ? { dimValue: size } : size === null ? {} : { dimParam: size },
        ),
      },
    },
  },
});

export const floats = (name: string, dims: readonly number[], floatData: readonly number[]): OnnxInitializer => ({
  name,
  dims,
  dataType: 1,
  floatData,
});

/** A list of int64. */
export const wholes = (name: string, ...values: readonly number[]): OnnxInitializer => ({
  name,
  dims: [values.length],
  dataType: 7,
  int64Data: values,
});

export const int = (name: string, i: number) => ({ name, type: 2, i });
export const ints = (name: string, list: readonly number[]) => ({ name, type: 7, ints: list });

export const node = (opType: string, input: readonly string[], output: readonly string[], more: object = {}) => ({
  name: `the_${opType.toLowerCase()}`,
  opType,
  input,
  output,
  ...more,
});

/** A file of the graph. */
export function onnxModel(graph: OnnxGraph, opset = 17): Uint8Array<ArrayBuffer> {
  const message = { irVersion: 8, opsetImport: [{ domain: '', version: opset }], graph };
  return new Uint8Array(onnx.ModelProto.encode(message).finish());
}
