// Forms that keep all elements and change the shape: Reshape, Flatten, Squeeze, Unsqueeze. Shapes are an attribute of older
// operator sets and an input of newer ones.
import type { OnnxForm } from '../../onnx-form.ts';
import { axesSetting, knownList, type Settings } from '../../reading/known-input.ts';
import type { ReadContext } from '../../reading/read-context.ts';
import { reshape } from '../../writing/arithmetic.ts';
import { int, type OnnxValue, type WriteContext } from '../../writing/write-context.ts';

export const reshapeForm: OnnxForm = {
  op: 'Reshape',
  read(context) {
    const listed = context.ints('shape');
    const shape: Settings = listed ? { inputs: {}, attributes: { shape: listed } } : knownList(context, 1, 'shape');
    const allowzero = context.int('allowzero', 0) !== 0;
    context.result('reshape', { x: context.wire(0), ...shape.inputs }, { ...shape.attributes, allowzero });
  },
  write: { reshape: writeShape },
};

/** By the sizes that come out, so that the batch stays open. */
function writeShape(context: WriteContext): void {
  const { x } = context.inputs as { readonly x: OnnxValue };
  const y = context.outputs['y'] as OnnxValue;
  reshape(context, x, x.sizes, y.sizes, y.name);
}

function product(sizes: readonly (number | null)[]): number | null {
  return sizes.reduce((total, size) => (total === null || size === null ? null : total * size), 1);
}

/** A matrix: the dimensions before `axis` joined, and the others. */
export const flattenForm: OnnxForm = {
  op: 'Flatten',
  read(context) {
    const sizes = context.sizes(0);
    const given = context.int('axis', 1);
    const axis = given < 0 ? given + sizes.length : given;
    if (axis === 1 && sizes.length > 1) {
      context.result('flatten', { x: context.wire(0) }, { start_dim: 1, end_dim: -1 });
      return;
    }
    const [rows, columns] = [product(sizes.slice(0, axis)), product(sizes.slice(axis))];
    if (rows === null && columns === null)
      context.fail('sizes that follow the batch on both sides of axis are not supported');
    context.result('reshape', { x: context.wire(0) }, { shape: rows === null ? [-1, columns] : [rows, -1] });
  },
  write: {
    flatten(context) {
      const { x } = context.inputs as { readonly x: OnnxValue };
      const rank = x.shape.length;
      const { start_dim: start, end_dim: end } = context.attributes as {
        readonly start_dim: number;
        readonly end_dim: number;
      };
      const isMatrix = (start === 1 || start === 1 - rank) && (end === -1 || end === rank - 1) && rank > 1;
      if (isMatrix) context.result('Flatten', [x], { axis: int(1) });
      else writeShape(context);
    },
  },
};

/** Operators whose list of places is called `dim` with us. */
function placesForm(op: string, operator: string): OnnxForm {
  return {
    op,
    read(context: ReadContext) {
      const axes = axesSetting(context, 1, 'dim');
      context.result(operator, { x: context.wire(0), ...axes.inputs }, axes.attributes);
    },
    write: {
      [operator](context) {
        const { dim } = context.attributes as { readonly dim: readonly number[] };
        const x = context.inputs['x'] as OnnxValue;
        // Without a list all of size 1 go: those of this graph, not a batch that happens to be 1.
        const ones = x.sizes.flatMap((size, axis) => (size === 1 ? [axis] : []));
        const places = dim.length > 0 ? dim : ones;
        if (places.length === 0) context.result('Identity', [x]);
        else context.result(op, [x, context.int64(places)]);
      },
    },
  };
}

export const squeezeForm: OnnxForm = placesForm('Squeeze', 'squeeze');
export const unsqueezeForm: OnnxForm = placesForm('Unsqueeze', 'unsqueeze');
