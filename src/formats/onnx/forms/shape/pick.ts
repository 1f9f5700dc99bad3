// Forms that choose elements: by number (Gather, GatherElements, rows of a table), or by a condition (Where).
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
    const dim = context.int('axis', 0);
    context.result('gather_elements', { x: context.wire(0), indices: context.wire(1) }, { dim });
  },
  write: {
    gather_elements: ({ inputs, attributes, result }) =>
      result('GatherElements', [inputs['x'], inputs['indices']], { axis: int(attributes['dim'] as number) }),
  },
};

/** Conditions are bool in ONNX, with us any number that is not 0. */
export const whereForm: OnnxForm = {
  op: 'Where',
  read(context) {
    context.result('where', { condition: context.wire(0), a: context.wire(1), b: context.wire(2) });
  },
  write: {
    where({ inputs, value, result }) {
      const condition = value('Cast', [inputs['condition']], { to: int(9) });
      result('Where', [condition, inputs['a'], inputs['b']]);
    },
  },
};
