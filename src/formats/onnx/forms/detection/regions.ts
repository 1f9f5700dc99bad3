// RoiAlign and MaxRoiPool. ONNX keeps boxes and the numbers of their pictures apart; ours are rows of both.
import type { OnnxForm } from '../../onnx-form.ts';
import type { ReadContext, Wire } from '../../reading/read-context.ts';
import { float, int, ints, type OnnxValue, text } from '../../writing/write-context.ts';

/** Rows of picture, x1, y1, x2, y2. */
function joinedRois(context: ReadContext): Wire {
  const index = context.wire(2);
  const real = context.type(2).dtype === 'float32' ? index : context.value('cast', { x: index }, { dtype: 'float32' });
  const column = context.value('unsqueeze', { x: real }, { dim: [1] });
  return context.value('concat', { x0: column, x1: context.wire(1) }, { dim: 1 });
}

export const roiAlignForm: OnnxForm = {
  op: 'RoiAlign',
  read(context) {
    const mode = context.text('mode', 'avg');
    // Up to operator set 15 pixels had their corners at whole numbers, and nothing else could be asked for.
    const otherwise = context.opset >= 16 ? 'half_pixel' : 'output_half_pixel';
    const coordinates = context.text('coordinate_transformation_mode', otherwise);
    const size = [context.int('output_height', 1), context.int('output_width', 1)];
    context.result(
      'roi_align',
      { x: context.wire(0), rois: joinedRois(context) },
      {
        output_size: size,
        spatial_scale: context.float('spatial_scale', 1),
        sampling_ratio: context.int('sampling_ratio', 0),
        aligned: coordinates === 'half_pixel',
        mode,
      },
    );
  },
  write: {
    roi_align(context) {
      const rois = context.inputs['rois'] as OnnxValue;
      const { outputs, attributes: a } = context;
      const [height, width] = (outputs['y'] as OnnxValue).shape.slice(2) as [number, number];
      const picture = context.value('Gather', [rois, context.int64(0)], { axis: int(1) });
      const boxes = context.value('Slice', [rois, context.int64([1]), context.int64([5]), context.int64([1])]);
      const numbers = context.value('Cast', [picture], { to: int(7) });
      context.result('RoiAlign', [context.inputs['x'], boxes, numbers], {
        output_height: int(height),
        output_width: int(width),
        spatial_scale: float(a['spatial_scale'] as number),
        sampling_ratio: int(a['sampling_ratio'] as number),
        coordinate_transformation_mode: text(a['aligned'] ? 'half_pixel' : 'output_half_pixel'),
        mode: a['mode'] === 'max' ? text('max') : undefined,
      });
    },
  },
};

export const maxRoiPoolForm: OnnxForm = {
  op: 'MaxRoiPool',
  read(context) {
    const shape = context.ints('pooled_shape');
    if (shape?.length !== 2) context.fail('it has no pooled_shape of two sizes');
    const attributes = { output_size: shape, spatial_scale: context.float('spatial_scale', 1) };
    context.result('roi_pool', { x: context.wire(0), rois: context.wire(1) }, attributes);
  },
  write: {
    roi_pool(context) {
      const y = context.outputs['y'] as OnnxValue;
      context.result('MaxRoiPool', [context.inputs['x'], context.inputs['rois']], {
        pooled_shape: ints(y.shape.slice(2)),
        spatial_scale: float(context.attributes['spatial_scale'] as number),
      });
    },
  },
};
