// Resampling: bins of any number and zeros between pixels, which ONNX has no operator for, and our two upsamplings.
import { type Line, linesOf, sourceOf } from '../../../../operators/pooling/resample.ts';
import { int, ints, type OnnxValue, text, type WriteContext, type WriteForm } from '../write-context.ts';

/** Rows of weights: bin i takes the mean of elements ⌊i·n/m⌋ … ⌈(i+1)·n/m⌉ − 1. */
function bins(size: number, count: number): Float32Array {
  const weights = new Float32Array(count * size);
  for (let bin = 0; bin < count; bin++) {
    const [from, past] = [Math.floor((bin * size) / count), Math.ceil(((bin + 1) * size) / count)];
    weights.fill(1 / (past - from), bin * size + from, bin * size + past);
  }
  return weights;
}

function adaptive(context: WriteContext): void {
  const x = context.inputs['x'] as OnnxValue;
  const [height, width] = x.shape.slice(2) as [number, number];
  const [rows, columns] = (context.outputs['y'] as OnnxValue).shape.slice(2) as [number, number];
  if (rows === 1 && columns === 1) {
    context.result('GlobalAveragePool', [x]);
    return;
  }
  if (height % rows === 0 && width % columns === 0) {
    const kernel = ints([height / rows, width / columns]);
    context.result('AveragePool', [x], { kernel_shape: kernel, strides: kernel });
    return;
  }
  const down = context.initializer('rows', { dtype: 'float32', shape: [rows, height], data: bins(height, rows) });
  const across = context.initializer('columns', {
    dtype: 'float32',
    shape: [columns, width],
    data: bins(width, columns),
  });
  const lines = context.value('MatMul', [down, x]);
  context.result('MatMul', [lines, context.value('Transpose', [across], { perm: ints([1, 0]) })]);
}

/** A transposed convolution of every channel with a kernel that is 1 in its first corner. */
function bedOfNails(context: WriteContext): void {
  const x = context.inputs['x'] as OnnxValue;
  const y = context.outputs['y'] as OnnxValue;
  const channels = x.shape[1] as number;
  const [rows, columns] = [2, 3].map((axis) => (y.shape[axis] as number) / (x.shape[axis] as number)) as [
    number,
    number,
  ];
  const data = new Float32Array(channels * rows * columns);
  for (let c = 0; c < channels; c++) data[c * rows * columns] = 1;
  const kernel = context.initializer('kernel', { dtype: 'float32', shape: [channels, 1, rows, columns], data });
  context.result('ConvTranspose', [x, kernel], { strides: ints([rows, columns]), group: int(channels) });
}

type Resampling = Parameters<typeof linesOf>[0];

/** Both lines of the picture, and the factors or the sizes as Resize takes them. */
function resampling(context: WriteContext) {
  const { x } = context.inputs as { readonly x: OnnxValue };
  const y = context.outputs['y'] as OnnxValue;
  const a = context.attributes as unknown as Resampling;
  const lines = linesOf(a, x.shape);
  const scales = context.float32([1, 1, ...lines.map(({ step }) => 1 / step)]);
  const bySize = a.size !== undefined;
  return { x, lines, inputs: bySize ? [x, undefined, undefined, context.sizes(y.sizes)] : [x, undefined, scales] };
}

/** Whole factors only: with others the rounding of the quotient decides, so the places are written down. */
function nearest(context: WriteContext): void {
  const { x, lines, inputs } = resampling(context);
  if (lines.every(({ from, to }) => to % from === 0)) {
    context.result('Resize', inputs, {
      mode: text('nearest'),
      coordinate_transformation_mode: text('asymmetric'),
      nearest_mode: text('floor'),
    });
    return;
  }
  const [rows, columns] = lines.map((line) => context.int64(placesOf(line)));
  const tall = context.value('Gather', [x, rows], { axis: int(2) });
  context.result('Gather', [tall, columns], { axis: int(3) });
}

function placesOf(line: Line): number[] {
  return Array.from({ length: line.to }, (_, i) => sourceOf(line, i));
}

function bilinear(context: WriteContext): void {
  const { inputs } = resampling(context);
  const aligned = context.attributes['align_corners'] === true;
  context.result('Resize', inputs, {
    mode: text('linear'),
    coordinate_transformation_mode: text(aligned ? 'align_corners' : 'half_pixel'),
  });
}

export const pictures: Readonly<Record<string, WriteForm>> = {
  adaptive_avg_pool2d: adaptive,
  upsample_bed_of_nails2d: bedOfNails,
  upsample_nearest2d: nearest,
  upsample_bilinear2d: bilinear,
};
