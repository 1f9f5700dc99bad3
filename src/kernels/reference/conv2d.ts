import type { Conv2dGeometry, Conv2dSpec } from '../../program/kernel-spec.ts';
import type { NumericArray } from '../../tensor/dtype.ts';
import { compileEpilogue } from './epilogue.ts';

/** Called for every product x·w that reaches y: positions in the three buffers. */
type Term = (x: number, w: number, y: number) => void;

/** Visits all terms of the convolution, in the order n, o, i, j, c, k, l. */
function visitTerms(g: Conv2dGeometry, visit: Term): void {
  const [inHeight, inWidth] = g.inSize;
  const [outHeight, outWidth] = g.outSize;
  const [kernelHeight, kernelWidth] = g.kernel;
  const channels = g.inChannels / g.groups;
  const filters = g.outChannels / g.groups;
  let y = 0;
  for (let n = 0; n < g.batch; n++) {
    for (let o = 0; o < g.outChannels; o++) {
      const firstChannel = Math.floor(o / filters) * channels;
      for (let i = 0; i < outHeight; i++) {
        for (let j = 0; j < outWidth; j++, y++) {
          for (let c = 0; c < channels; c++) {
            for (let k = 0; k < kernelHeight; k++) {
              const row = i * g.stride[0] + k * g.dilation[0] - g.padding[0];
              if (row < 0 || row >= inHeight) continue;
              const x = ((n * g.inChannels + firstChannel + c) * inHeight + row) * inWidth;
              const w = ((o * channels + c) * kernelHeight + k) * kernelWidth;
              for (let l = 0; l < kernelWidth; l++) {
                const column = j * g.stride[1] + l * g.dilation[1] - g.padding[1];
                if (column >= 0 && column < inWidth) visit(x + column, w + l, y);
              }
            }
          }
        }
      }
    }
  }
}

function zeros(channels: readonly number[], size: readonly number[]): Float64Array {
  return new Float64Array([...channels, ...size].reduce((a, b) => a * b, 1));
}

/** Stores sums through the epilogue, whose accesses have strides over the output's NCHW. */
function finish(
  sums: Float64Array,
  spec: Conv2dSpec,
  size: readonly number[],
  channels: number,
  operands: readonly NumericArray[],
  outputs: readonly NumericArray[],
): void {
  const store = compileEpilogue(spec.epilogue, operands, outputs);
  const index = new Int32Array(4);
  const [height, width] = size as readonly [number, number];
  sums.forEach((sum, at) => {
    index[3] = at % width;
    index[2] = Math.floor(at / width) % height;
    index[1] = Math.floor(at / (width * height)) % channels;
    index[0] = Math.floor(at / (width * height * channels));
    store(sum, index, at);
  });
}

/** Cross-correlation and its two gradients, from one enumeration of the terms. */
export function conv2d(spec: Conv2dSpec, inputs: readonly NumericArray[], outputs: readonly NumericArray[]): void {
  const g = spec.geometry;
  const [first, second, ...operands] = inputs as readonly [NumericArray, NumericArray];
  switch (spec.direction) {
    case 'forward': {
      const y = zeros([g.batch, g.outChannels], g.outSize);
      visitTerms(g, (xAt, wAt, yAt) => {
        y[yAt]! += (first[xAt] as number) * (second[wAt] as number);
      });
      finish(y, spec, g.outSize, g.outChannels, operands, outputs);
      break;
    }
    case 'input_grad': {
      const dx = zeros([g.batch, g.inChannels], g.inSize);
      visitTerms(g, (xAt, wAt, yAt) => {
        dx[xAt]! += (first[yAt] as number) * (second[wAt] as number);
      });
      finish(dx, spec, g.inSize, g.inChannels, operands, outputs);
      break;
    }
    case 'weight_grad': {
      const dw = zeros([g.outChannels, g.inChannels / g.groups], g.kernel);
      visitTerms(g, (xAt, wAt, yAt) => {
        dw[wAt]! += (first[xAt] as number) * (second[yAt] as number);
      });
      const store = compileEpilogue(spec.epilogue, operands, outputs);
      const nowhere = new Int32Array(4);
      dw.forEach((sum, at) => {
        store(sum, nowhere, at);
      });
    }
  }
}
