// DepthToSpace and SpaceToDepth: channels become pixels of blocks and back, as reshapes around a transpose.
import type { OnnxForm } from '../../onnx-form.ts';
import type { ReadContext } from '../../reading/read-context.ts';

/** Channels, height and width, which must be known; the batch may be open. */
function planeOf(context: ReadContext): readonly [number, number, number] {
  const [, channels, height, width] = context.sizes(0);
  if (typeof channels !== 'number' || typeof height !== 'number' || typeof width !== 'number')
    return context.fail('sizes that are only known when the graph is compiled');
  return [channels, height, width];
}

function moved(context: ReadContext, first: readonly number[], dims: readonly number[], last: readonly number[]): void {
  const split = context.value('reshape', { x: context.wire(0) }, { shape: [0, ...first] });
  const turned = context.value('transpose', { x: split }, { dims });
  context.result('reshape', { x: turned }, { shape: [0, ...last] });
}

function blockSize(context: ReadContext): number {
  const size = context.int('blocksize') ?? 0;
  return size >= 1 ? size : context.fail('no blocksize');
}

export const depthToSpaceForm: OnnxForm = {
  op: 'DepthToSpace',
  read(context) {
    const [channels, height, width] = planeOf(context);
    const size = blockSize(context);
    const depth = channels / (size * size);
    if (!Number.isInteger(depth)) context.fail(`${channels} channels in blocks of ${size}·${size}`);
    const columnsFirst = context.text('mode', 'DCR') === 'CRD';
    const first = columnsFirst ? [depth, size, size, height, width] : [size, size, depth, height, width];
    const dims = columnsFirst ? [0, 1, 4, 2, 5, 3] : [0, 3, 4, 1, 5, 2];
    moved(context, first, dims, [depth, height * size, width * size]);
  },
};

export const spaceToDepthForm: OnnxForm = {
  op: 'SpaceToDepth',
  read(context) {
    const [channels, height, width] = planeOf(context);
    const size = blockSize(context);
    if (height % size !== 0 || width % size !== 0) context.fail(`${height}×${width} pixels in blocks of ${size}`);
    const [rows, columns] = [height / size, width / size];
    moved(context, [channels, rows, size, columns, size], [0, 3, 5, 1, 2, 4], [channels * size * size, rows, columns]);
  },
};
