// BatchNormalization: an operator of ours where the file holds the running statistics; in single steps where they are fed,
// or where the statistics of the batch are to be given. Before operator set 9 `spatial` 0 keeps one statistic an element.
import type { OnnxForm } from '../../onnx-form.ts';
import type { ReadContext, Wire } from '../../reading/read-context.ts';
import { float } from '../../writing/write-context.ts';

export const batchNormForm: OnnxForm = {
  op: 'BatchNormalization',
  read(context) {
    const eps = context.float('epsilon', 1e-5);
    const momentum = context.float('momentum', 0.9);
    const everyElement = context.int('spatial', 1) === 0;
    if (isTraining(context)) {
      if (everyElement) context.fail('statistics of every element in training are not supported');
      overBatch(context, eps, momentum);
      return;
    }
    for (const output of [1, 2, 3, 4])
      if (context.wanted(output)) context.fail(`its output ${output} is not supported`);
    const [mean, variance] = [context.literal(3), context.literal(4)];
    if (!mean || !variance || everyElement) {
      normalised(context, context.wire(3), context.wire(4), eps, everyElement);
      return;
    }
    context.result(
      'batch_norm',
      { x: context.wire(0), weight: context.parameter(1), bias: context.parameter(2) },
      { eps, momentum: Math.fround(1 - momentum) },
      { state: { running_mean: mean, running_var: variance } },
    );
  },
  write: {
    batch_norm({ inputs, state, attributes, result, float32 }) {
      const channels = state['running_mean']?.shape[0] ?? 1;
      const filled = (value: number) => float32(Array.from({ length: channels }, () => value));
      const { x, weight, bias } = inputs;
      const statistics = [state['running_mean'], state['running_var']];
      result('BatchNormalization', [x, weight ?? filled(1), bias ?? filled(0), ...statistics], {
        epsilon: float(Number(attributes['eps'])),
      });
    },
  },
};

function isTraining(context: ReadContext): boolean {
  const flag = context.int(context.opset < 7 ? 'is_test' : 'training_mode');
  if (context.opset < 7) return flag === 0 || (flag === undefined && context.outputCount > 1);
  return flag === undefined ? context.opset < 14 && context.outputCount > 1 : flag !== 0;
}

/** A wire of [C] (or of one example's shape) laid under x. */
function under(context: ReadContext, wire: Wire, everyElement: boolean): Wire {
  const behind = context.rank(0) - 2;
  if (everyElement || behind <= 0) return wire;
  return context.value('unsqueeze', { x: wire }, { dim: Array.from({ length: behind }, (_, i) => i + 1) });
}

/** (x − mean) / √(variance + ε) · scale + shift */
function normalised(context: ReadContext, mean: Wire, variance: Wire, eps: number, everyElement: boolean): void {
  const lay = (wire: Wire) => under(context, wire, everyElement);
  const raised = context.value('add', { a: variance, b: context.number(eps) });
  const spread = context.value('sqrt', { x: raised });
  const factor = context.value('div', { a: context.wire(1), b: spread });
  const centred = context.value('sub', { a: context.wire(0), b: lay(mean) });
  const scaled = context.value('mul', { a: centred, b: lay(factor) });
  context.result('add', { a: scaled, b: lay(context.wire(2)) });
}

/** Statistics of the batch; the running ones are outputs, mixed with biased variance as ONNX does. */
function overBatch(context: ReadContext, eps: number, momentum: number): void {
  context.trains();
  const rank = context.rank(0);
  const dim = Array.from({ length: rank }, (_, axis) => axis).filter((axis) => axis !== 1);
  const x = context.wire(0);
  const kept = context.value('mean', { x }, { dim, keepdim: true });
  const square = context.value('square', { x: context.value('sub', { a: x, b: kept }) });
  const mean = context.value('mean', { x }, { dim });
  const variance = context.value('mean', { x: square }, { dim });
  normalised(context, mean, variance, eps, false);
  const running = (input: number, now: Wire) =>
    context.value('add', {
      a: context.value('mul', { a: context.wire(input), b: context.number(momentum) }),
      b: context.value('mul', { a: now, b: context.number(1 - momentum) }),
    });
  if (context.wanted(1)) context.give(1, running(3, mean));
  if (context.wanted(2)) context.give(2, running(4, variance));
  if (context.wanted(3)) context.give(3, mean);
  if (context.wanted(4)) context.give(4, variance);
}
