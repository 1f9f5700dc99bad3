// Where maxima lie: ONNX counts over the whole N·C·H·W tensor, we over one plane. The first element of every plane is the
// difference.
import type { ReadContext, Wire } from '../../reading/read-context.ts';
import type { Size, WriteContext } from '../../writing/write-context.ts';

type Sizes = readonly (number | null)[];

/** [N, C, 1, …]: the first element of each plane of a tensor of these sizes. */
function planeStarts(context: ReadContext, sizes: Sizes): Wire | null {
  const [batch = null, channels = null, ...plane] = sizes;
  if (batch === null || channels === null || plane.some((size) => size === null)) {
    return context.fail('indices over the whole tensor need a fixed batch');
  }
  if (batch * channels === 1) return null;
  const size = (plane as readonly number[]).reduce((product, each) => product * each, 1);
  const data = Int32Array.from({ length: context.bounded(batch * channels) }, (_, i) => i * size);
  return context.constant({ dtype: 'int32', shape: [batch, channels, ...plane.map(() => 1)], data });
}

/** Our indices of a pool of a tensor of these sizes, as ONNX counts. */
export function overTensor(context: ReadContext, indices: Wire, sizes: Sizes, columnMajor: boolean): Wire {
  const starts = planeStarts(context, sizes);
  const own = columnMajor ? byColumns(context, indices, sizes) : indices;
  return starts === null ? own : context.value('add', { a: own, b: starts });
}

/** row · width + column → column · height + row */
function byColumns(context: ReadContext, indices: Wire, sizes: Sizes): Wire {
  const [height, width] = sizes.slice(-2);
  if (typeof height !== 'number' || typeof width !== 'number') return context.fail('storage_order needs known sizes');
  const whole = (value: number) => context.number(value, 'int32');
  const row = context.value('div', { a: indices, b: whole(width) });
  const column = context.value('sub', { a: indices, b: context.value('mul', { a: row, b: whole(width) }) });
  return context.value('add', { a: context.value('mul', { a: column, b: whole(height) }), b: row });
}

/** ONNX's indices into a tensor of these sizes, as we count. */
export function perPlane(context: ReadContext, indices: Wire, sizes: Sizes): Wire {
  const starts = planeStarts(context, sizes);
  return starts === null ? indices : context.value('sub', { a: indices, b: starts });
}

/** Gives output `indices`, from ONNX's indices into a tensor of these sizes. */
export function perTensor(context: WriteContext, indices: string, sizes: readonly Size[]): void {
  const plane = sizes.slice(2).reduce<number>((product, size) => product * Number(size), 1);
  // Planes follow one another without gaps, so the rest of the division counts within one.
  const size = context.int64(plane);
  const before = context.value('Mul', [context.value('Div', [indices, size]), size]);
  context.result('Cast', [context.value('Sub', [indices, before])], { to: { int: 6 } }, 'indices');
}
