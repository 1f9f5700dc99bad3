// LayerNormalization, InstanceNormalization, GroupNormalization: statistics of one example.
import type { OnnxForm } from '../../onnx-form.ts';
import { filled, type Literal, reshaped } from '../../reading/literal.ts';
import type { ReadContext, Source, Wire } from '../../reading/read-context.ts';
import { float, int, type WriteContext } from '../../writing/write-context.ts';

const layer: OnnxForm = {
  op: 'LayerNormalization',
  read(context) {
    context.ignore('stash_type');
    const rank = context.rank(0);
    const given = context.int('axis', -1);
    const axis = given < 0 ? given + rank : given;
    const eps = context.float('epsilon', 1e-5);
    const sizes = context.sizes(0).slice(axis);
    const statistics = context.wanted(1) || context.wanted(2);
    const whole = sizes.every((size) => size !== null) && context.shape(1).join() === sizes.join();
    if (statistics || !whole) {
      inSteps(context, axis, rank, eps);
      return;
    }
    const attributes = { normalized_shape: sizes, eps, elementwise_affine: true, bias: context.given(2) };
    const inputs = { x: context.wire(0), weight: context.parameter(1), bias: context.parameter(2) };
    context.result('layer_norm', inputs, attributes);
  },
  write: { layer_norm: writeLayer },
};

function inSteps(context: ReadContext, axis: number, rank: number, eps: number): void {
  const x = context.wire(0);
  const over = { dim: Array.from({ length: rank - axis }, (_, i) => axis + i), keepdim: true };
  const mean = context.value('mean', { x }, over);
  const centred = context.value('sub', { a: x, b: mean });
  const variance = context.value('mean', { x: context.value('square', { x: centred }) }, over);
  const raised = context.value('add', { a: variance, b: context.number(eps) });
  const inverse = context.value('reciprocal', { x: context.value('sqrt', { x: raised }) });
  const normal = context.value('mul', { a: centred, b: inverse });
  if (context.given(2)) {
    const scaled = context.value('mul', { a: normal, b: context.wire(1) });
    context.result('add', { a: scaled, b: context.wire(2) });
  } else context.result('mul', { a: normal, b: context.wire(1) });
  if (context.wanted(1)) context.give(1, mean);
  if (context.wanted(2)) context.give(2, inverse);
}

function writeLayer(context: WriteContext): void {
  const { inputs, attributes, result } = context;
  const { x, weight, bias } = inputs;
  const own = (attributes['normalized_shape'] as readonly number[] | undefined) ?? x?.shape.slice(-1) ?? [];
  const scale = weight ?? context.float32(new Array<number>(own.reduce((n, size) => n * size, 1)).fill(1), own);
  result('LayerNormalization', [x, scale, bias], {
    axis: int(-own.length),
    epsilon: float(Number(attributes['eps'])),
  });
}

const instance: OnnxForm = {
  op: 'InstanceNormalization',
  read(context) {
    const inputs = { x: context.wire(0), weight: context.parameter(1), bias: context.parameter(2) };
    context.result('instance_norm', inputs, { eps: context.float('epsilon', 1e-5), affine: true });
  },
  write: {
    instance_norm(context) {
      const [weight, bias] = affine(context);
      const epsilon = float(Number(context.attributes['eps']));
      context.result('InstanceNormalization', [context.inputs['x'], weight, bias], { epsilon });
    },
  },
};

/** Scale and shift of every channel, ones and zeros where there are none. */
function affine({ inputs, float32 }: WriteContext) {
  const channels = inputs['x']?.shape[1] ?? 1;
  const all = (value: number) => float32(Array.from({ length: channels }, () => value));
  return [inputs['weight'] ?? all(1), inputs['bias'] ?? all(0)];
}

/** Scale and shift are of groups in operator set 18, of channels from 21 on. */
const group: OnnxForm = {
  op: 'GroupNormalization',
  read(context) {
    context.ignore('stash_type');
    const groups = context.int('num_groups') ?? context.fail('it has no num_groups');
    const channels = context.sizes(0)[1] ?? context.fail('its number of channels is not known');
    const source = (input: number): Source => {
      const given = context.parameter(input);
      const own = context.shape(input)[0] === channels && (context.opset >= 21 || groups === channels);
      return own ? given : perChannel(context, given, groups, channels / groups);
    };
    const attributes = { num_groups: groups, eps: context.float('epsilon', 1e-5), affine: true };
    context.result('group_norm', { x: context.wire(0), weight: source(1), bias: source(2) }, attributes);
  },
  write: { group_norm: writeGroup },
};

function perChannel(context: ReadContext, source: Source, groups: number, count: number): Source {
  if (source === undefined) return undefined;
  if (typeof source !== 'string') return { own: repeated(context, source.own, count) };
  const column: Wire = context.value('unsqueeze', { x: source }, { dim: [1] });
  const wide = context.value('expand', { x: column }, { shape: [groups, count] });
  return context.value('reshape', { x: wide }, { shape: [groups * count] });
}

function repeated(context: ReadContext, literal: Literal, count: number): Literal {
  const groups = literal.shape[0] as number;
  if (literal.fill !== undefined) return filled('float32', [groups * count], literal.fill);
  const from = literal.data();
  const data = Float32Array.from(
    { length: context.bounded(groups * count) },
    (_, i) => from[Math.floor(i / count)] as number,
  );
  return reshaped({ dtype: 'float32', shape: [], data: () => data }, [groups * count]);
}

/** Before operator set 21 scale and shift are of groups, which ours are not. */
function writeGroup(context: WriteContext): void {
  const { inputs, attributes } = context;
  const [weight, bias] = affine(context);
  const groups = Number(attributes['num_groups']);
  const epsilon = float(Number(attributes['eps']));
  context.needs(21);
  context.result('GroupNormalization', [inputs['x'], weight, bias], { num_groups: int(groups), epsilon });
}

export const exampleNormForms: readonly OnnxForm[] = [layer, instance, group];
