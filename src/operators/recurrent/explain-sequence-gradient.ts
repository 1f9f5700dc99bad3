// What a gradient of a sequence tells of its gates: through which step and gate every share comes, and the gates of the unit
// that gives most. The shares themselves are read off the way back, which notes its steps (sequence.ts).
import type { ExplainGradientContext, GradientStory } from '../define-operator.ts';
import { say } from '../support/explain.ts';
import { readNote, type SequenceAttributes, type Track, tracksOf } from './sequence-ports.ts';
import { type Tensors, type ToldCell, tellUnit } from './sequence-reference.ts';

type Asked = Pick<
  ExplainGradientContext<Record<never, never>, Record<never, never>, Record<never, never>, unknown>,
  'port' | 'index' | 'result' | 'strongest'
>;

/** Element `index` of the gradient of `port`, by steps and gates, and the gates of the unit that gives most. */
export function explainSequenceGradient<A extends SequenceAttributes>(
  inputs: Tensors,
  attributes: A,
  { gates, ...cell }: Omit<ToldCell<A>, 'gates'> & { readonly gates: readonly string[] },
  { port, index, result, strongest }: Asked,
): GradientStory {
  const [time, batch, features] = inputs.x.shape as [number, number, number];
  const hidden = attributes.hidden_size;
  const tracks = tracksOf(attributes, time);
  const trackOf = (slot: number) => tracks[slot] as Track;
  const where = (slot: number, step: number): string => {
    const { layer, direction } = trackOf(slot);
    const told = [`step ${step}`];
    if (attributes.num_layers > 1) told.push(`layer ${layer}`);
    if (attributes.bidirectional) told.push(direction === 1 ? 'backwards' : 'forwards');
    return told.join(', ');
  };
  const storyAt = (slot: number, step: number, n: number, unit: number) =>
    tellUnit(inputs, attributes, { ...cell, gates: gates.length }, { slot, step, place: n * hidden + unit }).story;
  /** What an element of a note is: its example, its gate (of sums) and its unit. */
  const elementOf = (name: string, at: number) => {
    const found = readNote(name);
    if (!found) return undefined;
    const isSum = found.note === 'sums' || found.note === 'state_sums';
    const width = isSum ? gates.length * hidden : hidden;
    const [n, column] = [Math.floor(at / width), at % width];
    return { ...found, isSum, n, gate: Math.floor(column / hidden), unit: column % hidden };
  };
  const asked = elementOf(port, index);
  const isState = port === 'h0' || asked?.note === 'taken';
  const way: GradientStory['way'] = (from) => {
    const found = from && elementOf(from.name, from.index);
    if (!found) return 'from above';
    const at = where(found.slot, found.step);
    if (found.isSum) return `${at}: ${gates[found.gate]}`;
    return `${at}: ${found.note === 'cell' ? "∂L/∂c'" : isState ? 'past the gates' : "∂L/∂h'"}`;
  };
  /** Told with the gates of a unit. */
  const ofUnit = (slot: number, step: number, n: number, unit: number, tell: (story: Story) => string) => {
    const story = storyAt(slot, step, n, unit);
    const place = `unit ${unit}, ${where(slot, step)}, example ${n}`;
    return { text: `${place}: ${tell(story)} = ${say(result)}`, parts: story.parts, way };
  };
  type Story = ReturnType<typeof storyAt>;

  if (asked?.isSum) {
    const { slot, step, n, unit, gate, note } = asked;
    return ofUnit(slot, step, n, unit, ({ back }) => {
      const sums = note === 'state_sums' ? (back.stateSums ?? back.sums) : back.sums;
      return `∂L/∂(${gates[gate]}, before its function) = ${sums[gate]}`;
    });
  }
  if (asked?.note === 'taken')
    return ofUnit(
      asked.slot,
      asked.step,
      asked.n,
      asked.unit,
      () => "∂L/∂h', from above and from the step that follows",
    );
  if (asked || port === 'c0') {
    const [slot, n] = asked
      ? [asked.slot, asked.n]
      : [Math.floor(index / (batch * hidden)), Math.floor(index / hidden) % batch];
    const { order } = trackOf(slot);
    const next = order[asked ? order.indexOf(asked.step) + 1 : 0] ?? (order.at(-1) as number);
    return ofUnit(slot, next, n, index % hidden, ({ back }) => `∂L/∂c = ${back.c ?? ''}`);
  }

  const sum = (over: string, of: string) => `Σ ∂L/∂sum · ${of} over ${over} = ${say(result)}`;
  const told = (): string => {
    if (port === 'x') return sum(`the gates of step ${Math.floor(index / (batch * features))}`, 'w_ih');
    if (port === 'h0') {
      const slot = Math.floor(index / (batch * hidden));
      return sum(`the gates of ${where(slot, trackOf(slot).order[0] as number)}`, 'w_hh');
    }
    const isBias = port.startsWith('bias');
    const row = isBias ? index : Math.floor(index / ((inputs[port]?.shape[1] as number | undefined) ?? 1));
    const seen = port.startsWith('weight_ih') ? 'input' : 'h before';
    const name = `${gates[Math.floor(row / hidden)]} of unit ${row % hidden}`;
    return `${name}: ${isBias ? `Σ ∂L/∂sum over steps and examples = ${say(result)}` : sum('steps and examples', seen)}`;
  };
  const most = strongest && elementOf(strongest.name, strongest.index);
  if (!most?.isSum) return { text: told(), way };
  const { slot, step, n, unit } = most;
  return {
    text: `${told()}; the most by unit ${unit} at ${where(slot, step)}, example ${n}`,
    parts: storyAt(slot, step, n, unit).parts,
    way,
  };
}
