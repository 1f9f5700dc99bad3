// Pad: borders before and after listed axes. ONNX lists all befores, then all afters; ours go in pairs from the last axis on.
import type { OnnxForm } from '../../onnx-form.ts';
import { knownSingle, type Settings } from '../../reading/known-input.ts';
import type { ReadContext, Wire } from '../../reading/read-context.ts';
import { int, type OnnxValue, text, type WriteContext } from '../../writing/write-context.ts';

/** ONNX's names; `wrap` from operator set 19 on. */
const modes = { constant: 'constant', reflect: 'reflect', edge: 'replicate', wrap: 'circular' } as const;

function bordersOf(context: ReadContext): Settings {
  const rank = context.rank(0);
  const pads =
    context.ints('pads') ?? context.ints('paddings') ?? (context.given(3) ? context.decisive(1) : context.known(1));
  if (!pads) return { inputs: { pad: inPairs(context, rank) }, attributes: {} };
  const axes = context.given(3) ? context.decisive(3) : [...Array(rank).keys()];
  if (pads.length !== 2 * axes.length) context.fail(`${pads.length} pads for ${axes.length} axes`);
  const borders = new Array<number>(2 * rank).fill(0);
  axes.forEach((given, i) => {
    const axis = given < 0 ? given + rank : given;
    const at = 2 * (rank - 1 - axis);
    borders[at] = pads[i] as number;
    borders[at + 1] = pads[i + axes.length] as number;
  });
  return { inputs: {}, attributes: { pad: borders } };
}

/** Befores and afters of all axes as pairs from the last axis on, where they are known when the graph is compiled. */
function inPairs(context: ReadContext, rank: number): Wire {
  const rows = context.value('reshape', { x: context.wire(1) }, { shape: [2, rank] });
  const backwards = context.value('flip', { x: rows }, { dims: [1] });
  const pairs = context.value('transpose', { x: backwards }, { dims: [1, 0] });
  return context.value('reshape', { x: pairs }, { shape: [2 * rank] });
}

export const padForm: OnnxForm = {
  op: 'Pad',
  read(context) {
    const named = context.text('mode', 'constant');
    const mode = modes[named as keyof typeof modes];
    if (mode === undefined) context.fail(`mode ${named} is not supported`);
    const borders = bordersOf(context);
    const value = context.given(2)
      ? knownSingle(context, 2, 'value')
      : { inputs: {}, attributes: { value: context.float('value', 0) } };
    const attributes = { mode, ...borders.attributes, ...value.attributes };
    context.result('pad', { x: context.wire(0), ...borders.inputs, ...value.inputs }, attributes);
  },
  write: {
    pad(context) {
      const x = context.inputs['x'] as OnnxValue;
      const { pad, mode, value } = context.attributes as {
        readonly pad: readonly number[];
        readonly mode: string;
        readonly value: number;
      };
      const rank = x.shape.length;
      const side = (after: number) =>
        Array.from({ length: rank }, (_, axis) => pad[2 * (rank - 1 - axis) + after] ?? 0);
      const [theirs] = Object.entries(modes).find(([, ours]) => ours === mode) ?? ['constant'];
      if (theirs === 'wrap') context.needs(19);
      const fill = theirs === 'constant' && value !== 0 ? fillOf(context, x, value) : undefined;
      context.result('Pad', [x, context.int64([...side(0), ...side(1)]), fill], { mode: text(theirs) });
    },
  },
};

function fillOf(context: WriteContext, { dtype }: OnnxValue, value: number): string {
  const name = context.float32(value);
  return dtype === 'float32' ? name : context.value('Cast', [name], { to: int(6) });
}
