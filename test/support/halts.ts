// What tests of breakpoints share: a strict run of the spirals, and how its hits, lines and gradients are read.
import type { BreakpointHit, LogLine } from '../../src/engine/protocol/halts.ts';
import type { TrainState } from '../../src/engine/protocol.ts';
import type { GraphFile } from '../../src/graph/schema.ts';
import { type Bench, bench, open } from './engines.ts';
import { example } from './graphs.ts';

export const spirals = ((): GraphFile => {
  const graph = example('spirals');
  return { ...graph, training: { ...graph.training, numerics: 'strict', epochs: 12 } };
})();

export const norm = (numbers: readonly number[]) => Math.sqrt(numbers.reduce((sum, x) => sum + x * x, 0));

export const always = { phase: 'forward', enabled: true } as const;

/** Norm of a gradient in each of the first iterations, by stepping; and where it is known. */
export async function gradientNorms(name: string, iterations: number): Promise<number[]> {
  const { engine, numbers } = bench();
  await open(engine, spirals);
  const norms: number[] = [];
  for (let i = 0; i < iterations; i++) {
    await engine.control({ kind: i === 0 ? 'finish' : 'continue' });
    norms.push(norm(await numbers(`grad(${name})`)));
  }
  return norms;
}

/** A number below which they fall for the first time in the middle. */
export function rareThreshold(norms: readonly number[]): { threshold: number; first: number } {
  for (let at = norms.length >> 1; at < norms.length; at++) {
    const before = Math.min(...norms.slice(0, at));
    if ((norms[at] as number) < before) return { threshold: (before + (norms[at] as number)) / 2, first: at };
  }
  throw new Error('the norms never fall');
}

export const hitsOf = async (answer: Promise<{ hits?: readonly BreakpointHit[] }>) => (await answer).hits ?? [];

export const logOf = ({ events }: Bench): LogLine[] =>
  events.flatMap((event) => (event.kind === 'log' ? event.entries : []));

/** Trains on until it stands still again. */
export async function resumed({ engine, events }: Bench): Promise<TrainState> {
  const from = events.length;
  await engine.train('resume');
  for (;;) {
    const last = events.slice(from).findLast((event) => event.kind === 'training');
    if (last && last.state.status !== 'running') return last.state;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
