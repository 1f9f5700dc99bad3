// Rows of pooling, softmax and of the kernels that only move elements.
import { softmax } from '../../../kernels/reference/softmax.ts';
import { visitWindows, windowCounts } from '../../../kernels/reference/window.ts';
import type { NumericArray } from '../../../tensor/dtype.ts';
import { pointOf, positionAt } from './pointwise-rows.ts';
import type { Row } from './row.ts';

export const maxPoolRow: Row<'max_pool2d'> = ({ geometry: g }, inputs, { slot, index }, visit) => {
  if (slot !== 0) return;
  const x = inputs[0] as NumericArray;
  const [inPlane, outPlane] = [g.inSize[0] * g.inSize[1], g.outSize[0] * g.outSize[1]];
  const plane = Math.floor(index / outPlane);
  let best = -1;
  visitWindows(g, (from, to) => {
    if (to !== index - plane * outPlane) return;
    const [value, before] = [x[plane * inPlane + from] as number, x[plane * inPlane + best] as number];
    if (best < 0 || (!Number.isNaN(before) && (Number.isNaN(value) || value > before))) best = from;
  });
  if (best >= 0) visit({ input: 0, index: plane * inPlane + best, slope: 1 });
};

export const maxPoolGradRow: Row<'max_pool2d_grad'> = ({ geometry: g }, inputs, { index }, visit) => {
  const indices = inputs[1] as NumericArray;
  const [inPlane, outPlane] = [g.inSize[0] * g.inSize[1], g.outSize[0] * g.outSize[1]];
  const plane = Math.floor(index / inPlane);
  for (let i = plane * outPlane; i < (plane + 1) * outPlane; i++)
    if (indices[i] === index - plane * inPlane) visit({ input: 0, index: i, slope: 1 });
};

export const avgPoolRow: Row<'avg_pool2d'> = ({ geometry: g, direction, countIncludePad }, _, { index }, visit) => {
  const [inPlane, outPlane] = [g.inSize[0] * g.inSize[1], g.outSize[0] * g.outSize[1]];
  const forward = direction === 'forward';
  const plane = Math.floor(index / (forward ? outPlane : inPlane));
  const rows = windowCounts(g, 0, countIncludePad);
  const columns = windowCounts(g, 1, countIncludePad);
  visitWindows(g, (x, y) => {
    if ((forward ? plane * outPlane + y : plane * inPlane + x) !== index) return;
    const count = (rows[Math.floor(y / g.outSize[1])] as number) * (columns[y % g.outSize[1]] as number);
    if (count > 0) visit({ input: 0, index: forward ? plane * inPlane + x : plane * outPlane + y, slope: 1 / count });
  });
};

export const softmaxRow: Row<'softmax'> = ({ size, inner, log }, inputs, { index }, visit) => {
  const first = Math.floor(index / (size * inner)) * size * inner + (index % inner);
  const own = (index - first) / inner;
  const x = Float64Array.from({ length: size }, (_, s) => inputs[0]?.[first + s * inner] as number);
  const p = new Float64Array(size);
  softmax({ op: 'softmax', outer: 1, size, inner: 1, log: false }, [x], [p]);
  p.forEach((share, s) => {
    const same = s === own ? 1 : 0;
    visit({ input: 0, index: first + s * inner, slope: log ? same - share : (p[own] as number) * (same - share) });
  });
};

export const assembleRow: Row<'assemble'> = (spec, _, { index }, visit) => {
  spec.pieces.forEach(({ shape, input, output }, piece) => {
    const point = pointOf(shape, output, index);
    if (point) visit({ input: piece, index: positionAt(input, point), slope: 1 });
  });
};

export const gatherRow: Row<'gather'> = ({ size, count, inner }, inputs, { index }, visit) => {
  const outer = Math.floor(index / (count * inner));
  const row = inputs[1]?.[Math.floor(index / inner) % count] as number;
  if (row >= 0 && row < size) visit({ input: 0, index: (outer * size + row) * inner + (index % inner), slope: 1 });
};

export const scatterAddRow: Row<'scatter_add'> = ({ size, count, inner }, inputs, { index }, visit) => {
  const outer = Math.floor(index / (size * inner));
  const row = Math.floor(index / inner) % size;
  for (let c = 0; c < count; c++)
    if (inputs[1]?.[c] === row) visit({ input: 0, index: (outer * count + c) * inner + (index % inner), slope: 1 });
};

export const viewRow: Row<'view'> = (_spec, _inputs, { index }, visit) => visit({ input: 0, index, slope: 1 });
