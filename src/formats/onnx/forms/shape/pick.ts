// Forms that read elements by number: Gather, GatherElements, and rows of a table.
import type { OnnxForm } from '../../onnx-form.ts';
import { int, type OnnxInput, type WriteContext } from '../../writing/write-context.ts';

function gather(context: WriteContext, x: OnnxInput, indices: OnnxInput, dim: unknown): void {
  context.result('Gather', [x, indices], { axis: int(dim as number) });
}

export const gatherForm: OnnxForm = {
  op: 'Gather',
  read(context) {
    context.result('gather', { x: context.wire(0), indices: context.wire(1) }, { dim: context.int('axis', 0) });
  },
  write: {
    gather: (context) => gather(context, context.inputs['x'], context.inputs['indices'], context.attributes['dim']),
    select: (context) =>
      gather(
        context,
        context.inputs['x'],
        context.int64(context.attributes['index'] as number),
        context.attributes['dim'],
      ),
    embedding: (context) => gather(context, context.inputs['weight'], context.inputs['x'], 0),
  },
};

export const gatherElementsForm: OnnxForm = {
  op: 'GatherElements',
  read(context) {
    const inputs = { x: context.wire(0), indices: context.wire(1) };
    context.result('gather_elements', inputs, { dim: context.int('axis', 0) });
  },
  write: {
    gather_elements: ({ inputs, attributes, result }) =>
      result('GatherElements', [inputs['x'], inputs['indices']], { axis: int(attributes['dim'] as number) }),
  },
};
