// Files of the trained models, read without any code of src: expected tensors, raw float32 arrays, numbers of pictures.
import { readFileSync } from 'node:fs';
import type { Tensor } from '../../../src/tensor/tensor.ts';

/** The tensors of a safetensors file of F32, I32 and U8. */
export function readExpected(path: string): (name: string) => Tensor {
  const bytes = readFileSync(path);
  const start = 8 + Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.toString('utf8', 8, start)) as Record<
    string,
    { readonly dtype: string; readonly shape: number[]; readonly data_offsets: readonly [number, number] }
  >;
  return (name) => {
    const entry = header[name];
    if (!entry) throw new Error(`${path} has no tensor ${name}`);
    const [begin, end] = entry.data_offsets;
    const raw = new Uint8Array(bytes.subarray(start + begin, start + end));
    const { dtype, shape } = entry;
    if (dtype === 'F32') return { dtype: 'float32', shape, data: new Float32Array(raw.buffer) };
    return { dtype: 'int32', shape, data: dtype === 'I32' ? new Int32Array(raw.buffer) : Int32Array.from(raw) };
  };
}

export function readFloats(path: string): Float32Array {
  return new Float32Array(new Uint8Array(readFileSync(path)).buffer);
}

/** [N, H, W, C] → planes [N, C, H, W], each number through `f` with its channel. */
export function planesOf(pixels: Tensor, f: (value: number, channel: number) => number): Tensor {
  const [height, width, channels] = pixels.shape.slice(-3) as [number, number, number];
  const count = pixels.shape.length === 4 ? (pixels.shape[0] as number) : 1;
  const plane = height * width;
  const data = new Float32Array(pixels.data.length);
  for (let i = 0; i < data.length; i++) {
    const [n, c, at] = [Math.floor(i / (plane * channels)), Math.floor(i / plane) % channels, i % plane];
    data[i] = f(pixels.data[(n * plane + at) * channels + c] as number, c);
  }
  return { dtype: 'float32', shape: [count, channels, height, width], data };
}

/** Reverses the axes of a matrix, or picks them as numpy's transpose does. */
export function transposed(data: Float32Array, shape: readonly number[], axes: readonly number[]): Float32Array {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));
  const sizes = axes.map((axis) => shape[axis] as number);
  return Float32Array.from({ length: data.length }, (_, i) => {
    let [rest, at] = [i, 0];
    for (let axis = sizes.length - 1; axis >= 0; axis--) {
      const size = sizes[axis] as number;
      at += (rest % size) * (strides[axes[axis] as number] as number);
      rest = Math.floor(rest / size);
    }
    return data[at] as number;
  });
}
