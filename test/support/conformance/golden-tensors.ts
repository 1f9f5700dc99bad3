// Golden tensors by file, each file read once.
import { type GoldenTensor, loadGoldenTensors } from '../reference.ts';

export type GoldenTensors = (file: string) => (name: string) => GoldenTensor;

/** The reader throws where a tensor is missing. */
export function createGoldenTensors(): GoldenTensors {
  const files = new Map<string, ReadonlyMap<string, GoldenTensor>>();
  return (file) => {
    const tensors = files.get(file) ?? loadGoldenTensors(file);
    files.set(file, tensors);
    return (name) => {
      const tensor = tensors.get(name);
      if (!tensor) throw new Error(`${file} has no tensor ${name}`);
      return tensor;
    };
  };
}
