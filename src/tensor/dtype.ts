/** Element types that buffers hold: four bytes each. Labels and indices are int32, everything else float32. */
export type DType = 'float32' | 'int32';

export const bytesPerElement = 4;

/** What numeric loops accept: float32 in execution, float64 when a reference checks a gradient. */
export type NumericArray = Float32Array | Float64Array | Int32Array;

/** A zero-filled array of the type. */
export function allocate(dtype: DType, count: number): Float32Array | Int32Array {
  return dtype === 'int32' ? new Int32Array(count) : new Float32Array(count);
}
