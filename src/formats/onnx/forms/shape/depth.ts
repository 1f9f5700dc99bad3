// DepthToSpace and SpaceToDepth: channels become pixels of blocks and back. SpaceToDepth only has ONNX's own order of channels.
import type { OnnxForm } from '../../onnx-form.ts';
import type { ReadContext } from '../../reading/read-context.ts';
import { reshape } from '../../writing/arithmetic.ts';
import {
  int,
  ints,
  type OnnxInput,
  type OnnxValue,
  type Size,
  text,
  type WriteContext,
} from '../../writing/write-context.ts';

function blockSize(context: ReadContext): number {
  const size = context.int('blocksize') ?? 0;
  return size >= 1 ? size : context.fail('it has no blocksize');
}

/** Pictures as [N, C, H, W], and what a node gives of them as y. */
function pictures(context: WriteContext, node: (x: OnnxInput) => string): void {
  const { x } = context.inputs as { readonly x: OnnxValue };
  const y = context.outputs['y'] as OnnxValue;
  const real = x.dtype === 'int32' ? context.value('Cast', [x], { to: int(1) }) : x;
  const four = x.shape.length === 4;
  const given = four ? real : context.value('Reshape', [real, context.int64([-1, ...x.shape.slice(-3)])]);
  const made = node(given);
  const shaped = four ? made : context.value('Reshape', [made, context.sizes(y.sizes)]);
  if (x.dtype === 'int32') context.result('Cast', [shaped], { to: int(6) });
  else context.result('Identity', [shaped]);
}

export const depthToSpaceForm: OnnxForm = {
  op: 'DepthToSpace',
  read(context) {
    const order = context.text('mode', 'DCR') === 'CRD' ? 'channels_first' : 'blocks_first';
    context.result('pixel_shuffle', { x: context.wire(0) }, { upscale_factor: blockSize(context), order });
  },
  write: {
    pixel_shuffle(context) {
      const { upscale_factor: factor, order } = context.attributes;
      const mode = text(order === 'channels_first' ? 'CRD' : 'DCR');
      pictures(context, (x) => context.value('DepthToSpace', [x], { blocksize: int(factor as number), mode }));
    },
  },
};

export const spaceToDepthForm: OnnxForm = {
  op: 'SpaceToDepth',
  read(context) {
    const attributes = { downscale_factor: blockSize(context), order: 'blocks_first' };
    context.result('pixel_unshuffle', { x: context.wire(0) }, attributes);
  },
  write: {
    pixel_unshuffle(context) {
      const { downscale_factor: factor, order } = context.attributes as {
        readonly downscale_factor: number;
        readonly order: string;
      };
      if (order === 'blocks_first') {
        pictures(context, (x) => context.value('SpaceToDepth', [x], { blocksize: int(factor) }));
        return;
      }
      const x = context.inputs['x'] as OnnxValue;
      const y = context.outputs['y'] as OnnxValue;
      const lead = x.sizes.slice(0, -3);
      const [channels, height, width] = x.shape.slice(-3) as [number, number, number];
      const split: readonly Size[] = [...lead, channels, height / factor, factor, width / factor, factor];
      const axes = [0, 2, 4, 1, 3].map((axis) => axis + lead.length);
      const turned = context.value('Transpose', [reshape(context, x, x.sizes, split)], {
        perm: ints([...lead.keys(), ...axes]),
      });
      const apart = [...lead, channels, factor, factor, height / factor, width / factor];
      reshape(context, turned, apart, y.sizes, y.name);
    },
  },
};
