// Gradients of whole sequences, told by their gates: the ways add up to the element, are those of a backpropagation through time
// written out here, and lead on, number by number, to what comes from above.
import { describe, expect, test } from 'vitest';
import { explainNumber, type NumberStory, questionOf } from '../../../../src/debugger/explain/explain-number.ts';
import type { Operator } from '../../../../src/operators/define-operator.ts';
import { operators } from '../../../../src/operators/registry.generated.ts';
import { createRandom } from '../../../../src/tensor/random.ts';
import { numel } from '../../../../src/tensor/shape.ts';
import { bench, open } from '../../../support/engines.ts';
import { type ExplainedPlan, planOfSample, runExplained } from '../../../support/explained-plan.ts';
import { graphOf } from '../../../support/graphs.ts';
import { cotangentsOf } from '../../../support/operator-judgements.ts';
import { drawSample } from '../../../support/operator-samples.ts';

type Inputs = Readonly<Record<string, readonly number[]>>;

/** The operator on inputs of these shapes, with a gradient from above on every output. */
function explained(id: string, attributes: Readonly<Record<string, unknown>>, inputs: Inputs): ExplainedPlan {
  const operator = operators[id as keyof typeof operators] as Operator;
  const drawn = drawSample(operator, { attributes, inputs });
  const compilation = planOfSample(operator, drawn);
  const names = compilation.plan?.names ?? {};
  const set = new Map<string, ArrayLike<number>>();
  for (const [port, { data }] of Object.entries(drawn.inputs))
    for (const name of [`in_${port}.y`, `node.${port}`]) if (Object.hasOwn(names, name)) set.set(name, data);
  for (const [port, data] of Object.entries(cotangentsOf(operator, drawn))) set.set(`grad(node.${port})`, data);
  return runExplained(compilation, set);
}

function numbersOf({ source, numbers }: ExplainedPlan, name: string) {
  const index = source.find(name);
  if (index === undefined) throw new Error(`no ${name}`);
  return { data: numbers.read(index), shape: source.valueOf(index).shape };
}

function storyOf({ source, numbers }: ExplainedPlan, name: string, index: number): NumberStory {
  const question = questionOf(source, name, index);
  if (!question) throw new Error(`${name}[${index}] cannot be asked about`);
  return explainNumber(source, numbers, question);
}

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
const close = (a: number, b: number) =>
  expect(Math.abs(a - b)).toBeLessThanOrEqual(1e-11 * Math.max(1, Math.abs(a), Math.abs(b)));

const setups = ['lstm', 'gru', 'rnn'].flatMap((id) => {
  const cell = id === 'lstm';
  return [
    { id, attributes: { hidden_size: 3 }, inputs: { x: [4, 2, 2], h0: [1, 2, 3], ...(cell ? { c0: [1, 2, 3] } : {}) } },
    { id, attributes: { hidden_size: 2, num_layers: 2, bidirectional: true }, inputs: { x: [3, 2, 3] } },
  ];
});

describe.each(setups)('$id $attributes', ({ id, attributes, inputs }) => {
  const plan = explained(id, attributes, inputs);
  const { source } = plan;
  const asked = Object.keys(source.plan.names).filter(
    (name) => /^grad\((in_(x|h0|c0)\.y|node\.(weight|bias)_\w+)\)$/.test(name) && source.find(name) !== undefined,
  );

  test('the ways of every element add up to it; terms are numbers that stand there', () => {
    expect(asked.length).toBeGreaterThan(4);
    for (const name of asked) {
      const { data } = numbersOf(plan, name);
      data.forEach((element, index) => {
        const { paths = [], terms, result, kind } = storyOf(plan, name, index);
        expect(kind).toBe('gradient');
        close(result, element);
        expect(paths.length).toBeGreaterThan(0);
        close(sum(paths.map(({ value }) => value)), element);
        for (const { factors, value } of terms) {
          close(
            factors.reduce((product, factor) => product * factor.value, 1),
            value,
          );
          for (const { spot, value: number } of factors)
            if (spot) expect(plan.numbers.read(spot.value)[spot.index]).toBe(number);
        }
      });
    }
  });

  test('from any element the largest term leads on, step by step, to what comes from above', () => {
    const random = createRandom(3, id);
    for (const name of asked) {
      let place = { name, index: random.integer(numel(numbersOf(plan, name).shape)) };
      const way: string[] = [];
      for (let n = 0; n < 40 && !/^grad\(node\.(y|h_n|c_n)\)$/.test(place.name); n++) {
        way.push(place.name);
        const { terms, result } = storyOf(plan, place.name, place.index);
        close(result, numbersOf(plan, place.name).data[place.index] as number);
        const [largest] = terms.toSorted((a, b) => Math.abs(b.value) - Math.abs(a.value));
        const spot = largest?.factors[0]?.spot;
        if (!spot) throw new Error(`${place.name}[${place.index}] leads nowhere`);
        place = { name: source.nameOf(spot.value), index: spot.index };
      }
      expect(place.name, way.join(' → ')).toMatch(/^grad\(node\.(y|h_n|c_n)\)$/);
      // Every number on the way has a name that a person can ask for.
      for (const each of way) expect(each).not.toContain(':');
    }
  });
});

test('an LSTM’s ways are those of backpropagation through time, by step and gate', () => {
  const [T, N, D, H] = [4, 2, 3, 2];
  const plan = explained('lstm', { hidden_size: H }, { x: [T, N, D], h0: [1, N, H], c0: [1, N, H] });
  const of = (name: string) => numbersOf(plan, name).data;
  const [x, h0, c0] = [of('in_x.y'), of('in_h0.y'), of('in_c0.y')];
  const [wIh, wHh] = [of('node.weight_ih_l0'), of('node.weight_hh_l0')];
  const bias = Array.from(of('node.bias_ih_l0'), (b, r) => b + (of('node.bias_hh_l0')[r] as number));
  const at = (of: ArrayLike<number>, index: number) => of[index] as number;
  const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));
  /** dz[t][n][gate·H + k], with the states that each step found. */
  const dz: number[][][] = [];
  const before: number[][] = [];
  for (let n = 0; n < N; n++) {
    const gates: number[][] = [];
    const cells: number[][] = [];
    let h = Array.from({ length: H }, (_, k) => at(h0, n * H + k));
    let c = Array.from({ length: H }, (_, k) => at(c0, n * H + k));
    for (let t = 0; t < T; t++) {
      before[t * N + n] = h;
      const z = Array.from({ length: 4 * H }, (_, r) => {
        const own = h;
        const fromX = sum(Array.from({ length: D }, (__, i) => at(wIh, r * D + i) * at(x, (t * N + n) * D + i)));
        return (bias[r] as number) + fromX + sum(own.map((value, i) => at(wHh, r * H + i) * value));
      });
      const gate = z.map((value, r) => (Math.floor(r / H) === 2 ? Math.tanh(value) : sigmoid(value)));
      const old = c;
      cells.push(old);
      gates.push(gate);
      c = old.map((value, k) => at(gate, H + k) * value + at(gate, k) * at(gate, 2 * H + k));
      h = c.map((value, k) => at(gate, 3 * H + k) * Math.tanh(value));
    }
    cells.push(c);
    let [dh, dc] = ['h_n', 'c_n'].map((port) =>
      Array.from({ length: H }, (_, k) => at(of(`grad(node.${port})`), n * H + k)),
    ) as [number[], number[]];
    for (let t = T - 1; t >= 0; t--) {
      const gate = gates[t] as number[];
      const total = dh.map((value, k) => value + at(of('grad(node.y)'), (t * N + n) * H + k));
      const step: number[] = [];
      const next = dc.slice();
      for (let k = 0; k < H; k++) {
        const [i, f, g, o] = [0, 1, 2, 3].map((q) => at(gate, q * H + k)) as [number, number, number, number];
        const squashed = Math.tanh(at(cells[t + 1] as number[], k));
        const s = at(dc, k) + at(total, k) * o * (1 - squashed * squashed);
        step[k] = s * g * i * (1 - i);
        step[H + k] = s * at(cells[t] as number[], k) * f * (1 - f);
        step[2 * H + k] = s * i * (1 - g * g);
        step[3 * H + k] = at(total, k) * squashed * o * (1 - o);
        next[k] = s * f;
      }
      dz[t] ??= [];
      (dz[t] as number[][])[n] = step;
      dc = next;
      dh = Array.from({ length: H }, (_, j) => sum(step.map((value, r) => value * at(wHh, r * H + j))));
    }
  }
  const names = ['input gate i', 'forget gate f', 'candidate g', 'output gate o'];
  const rows = (gate: number) => Array.from({ length: H }, (_, k) => gate * H + k);
  const sumsAt = (t: number, n: number) => (dz[t] as number[][])[n] as number[];
  const expectWays = (name: string, index: number, wanted: Readonly<Record<string, number>>) => {
    const ways = Object.fromEntries((storyOf(plan, name, index).paths ?? []).map(({ label, value }) => [label, value]));
    expect(Object.keys(ways).sort()).toEqual(Object.keys(wanted).sort());
    for (const [label, value] of Object.entries(wanted)) close(ways[label] as number, value);
  };
  for (let t = 0; t < T; t++) {
    const [n, i] = [t % N, t % D];
    const ways = names.map((name, gate) => [
      `step ${t}: ${name}`,
      sum(rows(gate).map((r) => at(sumsAt(t, n), r) * at(wIh, r * D + i))),
    ]);
    expectWays('grad(in_x.y)', (t * N + n) * D + i, Object.fromEntries(ways));
  }
  const first = names.map((name, gate) => [
    `step 0: ${name}`,
    sum(rows(gate).map((r) => at(sumsAt(0, 1), r) * at(wHh, r * H + 1))),
  ]);
  expectWays('grad(in_h0.y)', H + 1, Object.fromEntries(first));
  const perStep = (r: number, share: (t: number, n: number) => number) =>
    Object.fromEntries(
      Array.from({ length: T }, (_, t) => [
        `step ${t}: ${names[Math.floor(r / H)]}`,
        sum(Array.from({ length: N }, (__, n) => at(sumsAt(t, n), r) * share(t, n))),
      ]),
    );
  for (let r = 0; r < 4 * H; r++) {
    const [i, j] = [r % D, r % H];
    expectWays(
      'grad(node.weight_ih_l0)',
      r * D + i,
      perStep(r, (t, n) => at(x, (t * N + n) * D + i)),
    );
    expectWays(
      'grad(node.weight_hh_l0)',
      r * H + j,
      perStep(r, (t, n) => at(before[t * N + n] as number[], j)),
    );
    expectWays(
      'grad(node.bias_ih_l0)',
      r,
      perStep(r, () => 1),
    );
  }
});

test('told by the engine, with the gates of the unit that gives most; many ways are few to a reader', async () => {
  const graph = graphOf({
    nodes: {
      x: ['input', {}, { shape: [40, 2, 3] }],
      seq: ['lstm', { x: 'x.y' }, { hidden_size: 4 }],
      loss: ['mse_loss', { x: 'seq.y' }],
    },
    training: { loss: 'loss.y' },
  });
  const { engine } = bench();
  await open(engine, graph);
  await engine.control({ kind: 'finish' });
  const story = await engine.explain({ name: 'grad(x.y)', index: 7, most: 1e4 });
  if (!story) throw new Error('nothing is told');
  expect(story.paths.map(({ label }) => label)).toEqual([
    'step 1: input gate i',
    'step 1: forget gate f',
    'step 1: candidate g',
    'step 1: output gate o',
  ]);
  const [best] = story.terms;
  const element = best?.factors[0]?.element;
  expect(element?.name).toBe('grad(seq.sums_0_1)');
  const unit = (element?.index ?? 0) % 4;
  const forward = await engine.explain({ name: 'seq.y', index: (1 * 2 + (element?.at[0] ?? 0)) * 4 + unit });
  expect(story.parts).toEqual(forward?.parts);
  // A way leads to its largest term, and from there to the states behind.
  const [way] = story.paths;
  const next = await engine.explain({ name: way?.element?.name ?? '', index: way?.element?.index ?? -1 });
  expect(next?.text).toMatch(/^unit \d, step 1, example \d: ∂L\/∂\(input gate i, before its function\) = /);
  expect(next?.terms.map(({ factors }) => factors[0]?.element?.name)).toContain('grad(seq.taken_0_1)');
  expect(next?.related.map(({ as }) => as)).toEqual([]);
  const state = await engine.explain({ name: 'grad(seq.taken_0_1)', index: 3 });
  expect(state?.related.map(({ element: { name } }) => name)).toEqual(['seq.taken_0_1']);

  const weight = await engine.explain({ name: 'grad(seq.weight_ih_l0)', index: 5 });
  expect(weight?.paths).toHaveLength(24);
  expect(weight?.paths.at(-1)?.label).toBe('17 more ways together');
  close(sum(weight?.paths.map(({ value }) => value) ?? []), weight?.result ?? Number.NaN);
});

test('cells tell their gates, too', () => {
  for (const id of ['lstm_cell', 'gru_cell', 'rnn_cell']) {
    const plan = explained(
      id,
      { hidden_size: 3 },
      { x: [2, 4], h: [2, 3], ...(id === 'lstm_cell' ? { c: [2, 3] } : {}) },
    );
    for (const name of ['grad(in_x.y)', 'grad(in_h.y)']) {
      numbersOf(plan, name).data.forEach((element, index) => {
        const { paths = [], parts = [] } = storyOf(plan, name, index);
        close(sum(paths.map(({ value }) => value)), element);
        expect(parts.length).toBeGreaterThan(2);
        const gates = { lstm_cell: 4, gru_cell: 3, rnn_cell: 1 }[id] as number;
        expect(paths).toHaveLength(gates + (id === 'gru_cell' && name.includes('h') ? 1 : 0));
      });
    }
  }
});
