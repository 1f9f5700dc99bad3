// Forms that repeat elements, tell sizes or count: Expand, Tile, Shape, Size, Range, OneHot.
import type { OnnxForm } from '../../onnx-form.ts';
import { knownList, knownSingle } from '../../reading/known-input.ts';
import { filled } from '../../reading/literal.ts';
import type { ReadContext, Sources } from '../../reading/read-context.ts';
import { squeeze, unsqueeze } from '../../writing/arithmetic.ts';
import { int, type OnnxValue } from '../../writing/write-context.ts';

/** A list shorter than the rank leaves the dimensions in front as they are. */
export const expandForm: OnnxForm = {
  op: 'Expand',
  read(context) {
    const list = context.known(1);
    const missing = list ? Math.max(0, context.rank(0) - list.length) : 0;
    const shape = list
      ? { inputs: {}, attributes: { shape: [...new Array<number>(missing).fill(1), ...list] } }
      : knownList(context, 1, 'shape');
    context.result('expand', { x: context.wire(0), ...shape.inputs }, shape.attributes);
  },
  write: {
    expand(context) {
      const y = context.outputs['y'] as OnnxValue;
      context.result('Expand', [context.inputs['x'], context.sizes(y.sizes)]);
    },
  },
};

export const tileForm: OnnxForm = {
  op: 'Tile',
  read(context) {
    const repeats = context.given(2)
      ? { inputs: {}, attributes: { dims: ofOneAxis(context) } }
      : knownList(context, 1, 'dims');
    const { dims } = repeats.attributes as { readonly dims?: readonly number[] };
    if (dims?.some((count) => count < 1)) context.fail('nothing would be left');
    if (dims?.every((count) => count === 1)) context.same(0, 0);
    else context.result('tile', { x: context.wire(0), ...repeats.inputs }, repeats.attributes);
  },
  write: {
    tile(context) {
      const { x } = context.inputs as { readonly x: OnnxValue };
      const dims = context.attributes['dims'] as readonly number[];
      const more = Array.from({ length: Math.max(0, dims.length - x.shape.length) }, (_, i) => i);
      const fewer = new Array<number>(Math.max(0, x.shape.length - dims.length)).fill(1);
      const repeats = context.int64([...fewer, ...dims]);
      context.result('Tile', [more.length > 0 ? unsqueeze(context, x, more) : x, repeats]);
    },
  },
};

/** Operator sets below 6 repeat one axis. */
function ofOneAxis(context: ReadContext): number[] {
  const [[count = 1], [axis = 0]] = [context.decisive(1), context.decisive(2)];
  return Array.from({ length: context.rank(0) }, (_, i) => (i === axis ? count : 1));
}

export const shapeForm: OnnxForm = {
  op: 'Shape',
  read(context) {
    const [start, end] = [context.int('start', 0), context.int('end')];
    context.result('shape', { x: context.wire(0) }, end === undefined ? { start } : { start, end });
  },
  write: {
    shape(context) {
      const { start, end } = context.attributes as { readonly start: number; readonly end?: number };
      const sizes = context.value('Shape', [context.inputs['x']], {
        start: start === 0 ? undefined : int(start),
        end: end === undefined ? undefined : int(end),
      });
      context.result('Cast', [sizes], { to: int(6) });
    },
  },
};

export const sizeForm: OnnxForm = {
  op: 'Size',
  read(context) {
    const sizes = context.sizes(0);
    const count = sizes.reduce((total, size) => (total === null || size === null ? null : total * size), 1);
    if (count !== null) {
      context.giveLiteral(0, filled('int32', [], count));
      return;
    }
    const shape = context.value('shape', { x: context.wire(0) });
    const product = context.value('prod', { x: context.value('cast', { x: shape }, { dtype: 'float32' }) });
    context.result('cast', { x: product }, { dtype: 'int32' });
  },
};

export const rangeForm: OnnxForm = {
  op: 'Range',
  read(context) {
    const parts = ['start', 'end', 'step'].map((name, input) => knownSingle(context, input, name));
    const { start, end, step } = Object.assign({}, ...parts.map(({ attributes }) => attributes)) as Record<
      string,
      number | undefined
    >;
    const { dtype } = context.type(0);
    const count = ((end ?? Number.NaN) - (start ?? Number.NaN)) / (step ?? Number.NaN);
    if (count <= 0) context.giveLiteral(0, filled(dtype, [0], 0));
    else {
      const wired = Object.assign({}, ...parts.map(({ inputs }) => inputs)) as Sources;
      const known = { start, end, step };
      const given = Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined));
      context.result('arange', wired, { ...given, dtype });
    }
  },
};

/** Where the index equals the place along a new axis stands the second value, elsewhere the first. */
export const oneHotForm: OnnxForm = {
  op: 'OneHot',
  read(context) {
    const depth = knownSingle(context, 1, 'num_classes');
    const classes = depth.attributes['num_classes'] as number | undefined;
    const whole = classes === undefined ? {} : { num_classes: Math.trunc(classes) };
    const cast = context.type(0).dtype === 'float32';
    const x = cast ? context.value('cast', { x: context.wire(0) }, { dtype: 'int32' }) : context.wire(0);
    const { dtype } = context.type(2);
    const [inputs, attributes] = [
      { x, ...depth.inputs },
      { ...whole, dim: context.int('axis', -1) },
    ];
    if (context.known(2)?.join() === '0,1') {
      context.result('one_hot', inputs, { ...attributes, dtype });
      return;
    }
    const condition = context.value('one_hot', inputs, attributes);
    const value = (index: number) => context.value('select', { x: context.wire(2) }, { dim: 0, index });
    context.result('where', { condition, a: value(1), b: value(0) });
  },
  write: {
    one_hot(context) {
      const { num_classes: classes, dim, dtype } = context.attributes;
      const x = context.inputs['x'] as OnnxValue;
      const given = context.value('Cast', [x], { to: int(7) });
      // onnxruntime wants a dimension at least.
      const scalar = x.shape.length === 0;
      const numbers = scalar ? unsqueeze(context, given, [0]) : given;
      const inputs = [numbers, context.int64([classes as number]), context.float32([0, 1])];
      const made = context.value('OneHot', inputs, { axis: int(scalar ? -1 : (dim as number)) });
      const shaped = scalar ? squeeze(context, made, [0]) : made;
      context.result('Cast', [shaped], { to: int(dtype === 'float32' ? 1 : 6) });
    },
  },
};
