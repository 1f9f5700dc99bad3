// The cells, unrolled by hand over time, layers and directions, against the golden sequences of PyTorch: values and all
// gradients, in float32. Weight gradients are the sums over time.
import { describe, expect, test } from 'vitest';
import { type Numbers, type RunResult, runOperator } from '../../support/operator-harness.ts';
import { operatorFiles } from '../../support/operator-records.ts';
import { type GoldenCase, loadGoldenManifest, loadGoldenTensors } from '../../support/reference.ts';

const records = new Map(operatorFiles().map(({ id, operator }) => [id, operator]));
const kinds = [
  { op: 'RNN', cell: 'rnn_cell', states: ['h'] },
  { op: 'LSTM', cell: 'lstm_cell', states: ['h', 'c'] },
  { op: 'GRU', cell: 'gru_cell', states: ['h'] },
] as const;
const cases = kinds
  .filter(({ cell }) => records.has(cell))
  .flatMap((kind) =>
    loadGoldenManifest()
      .cases.filter(({ op }) => op === kind.op)
      .map((golden) => ({ id: golden.id, golden, ...kind })),
  );

test('there are golden sequences of every kind of cell', () => {
  expect(new Set(cases.map(({ cell }) => cell)).size).toBeGreaterThanOrEqual(2);
  expect(cases.length).toBeGreaterThanOrEqual(10);
});

type Row = Float32Array;
const parameters = ['weight_ih', 'weight_hh', 'bias_ih', 'bias_hh'];

describe.each(cases)('$id', ({ golden, cell, states }) => {
  test('unrolled, gives the golden values and gradients', () => {
    const tensors = loadGoldenTensors(golden.file);
    const data = (name: string) => tensors.get(name)?.data as Row;
    const operator = records.get(cell)!;
    const hidden = golden.attrs['hidden_size'] as number;
    const layers = golden.attrs['num_layers'] as number;
    const directions = golden.attrs['direction'] === 'bidirectional' ? 2 : 1;
    const [time, batch, features] = golden.inputs[0]!.shape as [number, number, number];
    const gradients = new Map<string, Row>();
    const add = (name: string, at: number, length: number, values: ArrayLike<number>) => {
      const sum = gradients.get(name) ?? new Float32Array(length);
      for (let i = 0; i < values.length; i++) sum[at + i]! += values[i] as number;
      gradients.set(name, sum);
    };
    const numbers = (shape: number[], values: Row): Numbers => ({ dtype: 'float32', shape, data: values });
    const parametersOf = (suffix: string) =>
      Object.fromEntries(
        parameters.map((name) => {
          const { tensor, shape } = golden.inputs.find((input) => input.name === `${name}_${suffix}`)!;
          return [name, numbers([...shape], data(tensor))];
        }),
      );
    const initial = (state: string, slot: number): Row | undefined => {
      const input = golden.inputs.find(({ name }) => name === `${state}0`);
      return input && data(input.tensor).slice(slot * batch * hidden, (slot + 1) * batch * hidden);
    };

    // Forward.
    let sequence: Row[] = Array.from({ length: time }, (_, t) =>
      data(golden.inputs[0]!.tensor).slice(t * batch * features, (t + 1) * batch * features),
    );
    let width = features;
    const passes: { suffix: string; slot: number; order: number[]; inputs: Record<string, Numbers>[] }[][] = [];
    const last: Record<string, Row[]> = { h: [], c: [] };
    for (let layer = 0; layer < layers; layer++) {
      const inputs = sequence;
      const results: Row[][] = [];
      passes[layer] = [];
      for (let direction = 0; direction < directions; direction++) {
        const suffix = `l${layer}${direction === 1 ? '_reverse' : ''}`;
        const slot = layer * directions + direction;
        const order = inputs.map((_, t) => (direction === 1 ? time - 1 - t : t));
        const state: Record<string, Row | undefined> = Object.fromEntries(
          states.map((name) => [name, initial(name, slot)]),
        );
        const given: Record<string, Numbers>[] = [];
        const ys: Row[] = [];
        for (const t of order) {
          const wires = Object.fromEntries(
            states.flatMap((name) => (state[name] ? [[name, numbers([batch, hidden], state[name] as Row)]] : [])),
          );
          given[t] = { x: numbers([batch, width], inputs[t]!), ...wires, ...parametersOf(suffix) };
          const { outputs } = runOperator(operator, {
            attributes: { hidden_size: hidden },
            inputs: given[t],
            precision: 'float32',
          });
          for (const name of states) state[name] = outputs[name]!.data as Row;
          ys[t] = state['h'] as Row;
        }
        for (const name of states) last[name]!.push(state[name] as Row);
        results.push(ys);
        passes[layer]!.push({ suffix, slot, order, inputs: given });
      }
      width = hidden * directions;
      sequence = inputs.map((_, t) =>
        interleave(
          results.map((ys) => ys[t]!),
          batch,
          hidden,
        ),
      );
    }
    expectNear('output', sequence, data(golden.outputs[0]!.tensor));
    for (const name of states) expectNear(`${name}_n`, last[name]!, data(outputNamed(golden, `${name}_n`).tensor));

    // Backward, layers and time reversed.
    const upstream = (name: string) => data(outputNamed(golden, name).upstream as string);
    let dys: Row[] = Array.from({ length: time }, (_, t) =>
      upstream('output').slice(t * batch * width, (t + 1) * batch * width),
    );
    for (let layer = layers - 1; layer >= 0; layer--) {
      const below = layer === 0 ? features : hidden * directions;
      const dxs: Row[] = dys.map(() => new Float32Array(batch * below));
      for (const [direction, { suffix, slot, order, inputs }] of passes[layer]!.entries()) {
        const carried = Object.fromEntries(
          states.map((name) => [name, upstream(`${name}_n`).slice(slot * batch * hidden, (slot + 1) * batch * hidden)]),
        );
        for (const t of order.toReversed()) {
          const own = dys[t]!.filter((_, i) => Math.floor(i / hidden) % directions === direction);
          for (let i = 0; i < own.length; i++) carried['h']![i]! += own[i]!;
          const result: RunResult = runOperator(operator, {
            attributes: { hidden_size: hidden },
            inputs: inputs[t]!,
            cotangents: carried,
            precision: 'float32',
          });
          for (const name of parameters) {
            const { data: values } = result.gradients[name]!;
            add(`${name}_${suffix}`, 0, values.length, values);
          }
          for (let i = 0; i < batch * below; i++) dxs[t]![i]! += result.gradients['x']!.data[i] as number;
          for (const name of states) carried[name] = Float32Array.from(result.gradients[name]?.data ?? []);
        }
        for (const name of states)
          add(`${name}0`, slot * batch * hidden, layers * directions * batch * hidden, carried[name]!);
      }
      dys = dxs;
    }
    for (const [t, dx] of dys.entries()) add('input', t * batch * features, time * batch * features, dx);
    for (const { name, grad } of golden.inputs)
      expectNear(`grad(${name})`, [gradients.get(name)!], data(grad as string));
  });
});

function outputNamed(golden: GoldenCase, name: string) {
  const output = golden.outputs.find((each) => each.name === name);
  if (!output) throw new Error(`${golden.id} has no ${name}`);
  return output;
}

/** Rows of several [batch, hidden] side by side. */
function interleave(parts: readonly Row[], batch: number, hidden: number): Row {
  const rows = Array.from({ length: batch }, (_, n) =>
    parts.flatMap((part) => [...part.slice(n * hidden, (n + 1) * hidden)]),
  );
  return Float32Array.from(rows.flat());
}

function expectNear(what: string, parts: readonly Row[], expected: Row): void {
  const actual = parts.flatMap((part) => [...part]);
  expect(actual, what).toHaveLength(expected.length);
  for (const [i, b] of expected.entries()) {
    const a = actual[i] as number;
    if (!(Math.abs(a - b) <= 1e-5 + 1e-4 * Math.abs(b))) expect.fail(`${what}[${i}] is ${a}, expected ${b}`);
  }
}
