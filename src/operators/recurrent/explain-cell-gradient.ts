// What a gradient of one recurrent step tells of its gates: through which gate every share comes, and the gates of the unit that
// gives most. The shares themselves are read off the way back (cell.ts notes its sums).
import type { ExplainGradientContext, GradientStory, ReferenceTensor } from '../define-operator.ts';
import { say } from '../support/explain.ts';
import type { CellTensors } from './cell.ts';
import type { UnitStory } from './explain-units.ts';

type None = Record<never, never>;

/** Element `index` of the gradient of `port`: its formula, and the gates of the unit that gives most. */
export function explainCellGradient(
  inputs: CellTensors<ReferenceTensor>,
  cell: {
    /** Names, in the order of their rows. */
    readonly gates: readonly string[];
    readonly hidden: number;
    /** Of the unit at this place of the state. */
    readonly story: (place: number) => UnitStory;
  },
  {
    port,
    index,
    result,
    strongest,
  }: Pick<ExplainGradientContext<None, None, None, unknown>, 'port' | 'index' | 'result' | 'strongest'>,
): GradientStory {
  const { gates, hidden, story } = cell;
  const elementOf = (at: number) => {
    const [n, column] = [Math.floor(at / (gates.length * hidden)), at % (gates.length * hidden)];
    return { n, gate: Math.floor(column / hidden), unit: column % hidden };
  };
  if (port === 'sums' || port === 'state_sums') {
    const { n, gate, unit } = elementOf(index);
    const { back, parts } = story(n * hidden + unit);
    const sums = port === 'sums' ? back.sums : (back.stateSums ?? back.sums);
    const text = `unit ${unit}, example ${n}: ∂L/∂(${gates[gate]}, before its function) = ${sums[gate]} = ${say(result)}`;
    return { text, parts };
  }
  const most = strongest && elementOf(strongest.index);
  const told = (text: string): GradientStory =>
    most
      ? {
          text: `${text} = ${say(result)}; the most by unit ${most.unit}, example ${most.n}`,
          parts: story(most.n * hidden + most.unit).parts,
        }
      : { text: `${text} = ${say(result)}` };
  if (port === 'x' || port === 'h') {
    const way: GradientStory['way'] = (from) =>
      from ? (gates[elementOf(from.index).gate] as string) : "past the gates, from ∂L/∂h'";
    return { ...told(`Σ ∂L/∂sum · ${port === 'x' ? 'w_ih' : 'w_hh'} over the gates`), way };
  }
  const isBias = port.startsWith('bias');
  const weight = port === 'weight_ih' ? inputs.weight_ih : inputs.weight_hh;
  const row = isBias ? index : Math.floor(index / (weight.shape[1] as number));
  const seen = isBias ? '' : port === 'weight_ih' ? ' · x' : ' · h';
  return told(`${gates[Math.floor(row / hidden)]} of unit ${row % hidden}: Σ ∂L/∂sum${seen} over the examples`);
}
