// What *step inside* opens computes the same as the operator: values and gradients of every sample, in float64, by running
// the fragment's nodes one by one with the records' own programs.
import { describe, expect, test } from 'vitest';
import type { Operator } from '../../../src/operators/define-operator.ts';
import type { Fragment } from '../../../src/program/fragment.ts';
import { flattenPorts, type Numbers, type RunResult, runOperator } from '../../support/operator-harness.ts';
import { operatorFiles } from '../../support/operator-records.ts';
import { distinctSigned, drawSample } from '../../support/operator-samples.ts';

type Values = Map<string, Numbers>;
type Data = ArrayLike<number>;

const records = new Map(operatorFiles().map(({ id, operator }) => [id, operator]));
const cases = [...records.values()]
  .filter(({ expand }) => expand)
  .flatMap((operator) =>
    operator.samples.map((sample, i) => ({ name: `${operator.id} #${i} ${JSON.stringify(sample)}`, operator, sample })),
  );

function recordOf(op: string): Operator {
  const record = records.get(op);
  if (!record) throw new Error(`the fragment uses ${op}, which is no operator`);
  return record;
}

/** Where each port of a node reads. */
function wiresOf({ edges }: Fragment, id: string): Record<string, string> {
  const own = edges.filter(({ to }) => to.startsWith(`${id}.`));
  const wires = Object.fromEntries(own.map(({ from, to }) => [to.slice(id.length + 1), from]));
  expect(Object.keys(wires), `two wires into a port of ${id}`).toHaveLength(own.length);
  return wires;
}

function runFragment(
  fragment: Fragment,
  inputs: Readonly<Record<string, Numbers>>,
  cotangents: Readonly<Record<string, Data>>,
) {
  const values: Values = new Map(Object.entries(inputs).map(([port, given]) => [`in.${port}`, given]));
  const ran: {
    op: Operator;
    attributes: Readonly<Record<string, unknown>>;
    wires: Record<string, string>;
    given: Record<string, Numbers>;
    id: string;
  }[] = [];
  const waiting = [...fragment.nodes];
  while (waiting.length > 0) {
    const at = waiting.findIndex(({ id }) => Object.values(wiresOf(fragment, id)).every((from) => values.has(from)));
    const node = waiting.splice(at, 1)[0];
    if (at < 0 || !node) throw new Error(`nothing feeds ${waiting.map(({ id }) => id)}`);
    const op = recordOf(node.op);
    const wires = wiresOf(fragment, node.id);
    const given = Object.fromEntries(Object.entries(wires).map(([port, from]) => [port, values.get(from) as Numbers]));
    const attributes = node.attributes ?? {};
    const { outputs } = runOperator(op, { attributes, inputs: given, wants: [] });
    for (const [port, value] of Object.entries(outputs)) values.set(`${node.id}.${port}`, value);
    ran.push({ op, attributes, wires, given, id: node.id });
  }
  const sums = new Map<string, Float64Array>();
  const add = (name: string, share: Data) => {
    const sum = sums.get(name) ?? new Float64Array(share.length);
    sums.set(
      name,
      sum.map((x, i) => x + (share[i] as number)),
    );
  };
  const results: Record<string, Numbers> = {};
  for (const { from, to } of fragment.edges.filter(({ to }) => to.startsWith('out.'))) {
    results[to.slice(4)] = values.get(from) as Numbers;
    add(from, cotangents[to.slice(4)] as Data);
  }
  for (const { op, attributes, wires, given, id } of ran.toReversed()) {
    const seeds = Object.keys(op.outputs).filter((port) => sums.has(`${id}.${port}`));
    if (seeds.length === 0) throw new Error(`nothing uses ${id}`);
    const arriving = Object.fromEntries(seeds.map((port) => [port, sums.get(`${id}.${port}`) as Data]));
    const { gradients }: RunResult = runOperator(op, { attributes, inputs: given, cotangents: arriving });
    for (const [port, from] of Object.entries(wires)) add(from, gradients[port]?.data ?? []);
  }
  return { outputs: results, gradientOf: (port: string) => sums.get(`in.${port}`) };
}

function expectNear(what: string, actual: Data | undefined, expected: Data): void {
  expect(actual, what).toHaveLength(expected.length);
  for (let i = 0; i < expected.length; i++) {
    expect(Math.abs((actual?.[i] as number) - (expected[i] as number)), `${what}[${i}]`).toBeLessThan(1e-9);
  }
}

test('recurrent cells can be opened', () => {
  const open = cases.map(({ operator }) => operator.id);
  expect(open).toEqual(expect.arrayContaining(['rnn_cell', 'lstm_cell', 'gru_cell']));
});

describe.each(cases)('$name', ({ operator, sample }) => {
  const drawn = drawSample(operator, sample);
  const fragment = operator.expand!({ attributes: drawn.attributes, inputs: drawn.inputs });

  test('its graph computes the same values and gradients', () => {
    const types = flattenPorts<{ shape: readonly number[] }>(drawn.inferred.outputs);
    const cotangents = Object.fromEntries(
      Object.entries(types).map(([name, { shape }]) => [
        name,
        distinctSigned(
          shape.reduce((a, b) => a * b, 1),
          `d${name}`,
        ),
      ]),
    );
    const whole = runOperator(operator, { ...drawn, attributes: sample.attributes ?? {}, cotangents });
    const inside = runFragment(fragment, drawn.inputs, cotangents);
    expect(Object.keys(inside.outputs).sort()).toEqual(Object.keys(types).sort());
    for (const [name, { data, shape }] of Object.entries(whole.outputs)) {
      expect(inside.outputs[name]?.shape).toEqual(shape);
      expectNear(name, inside.outputs[name]?.data, data);
    }
    for (const [name, { data }] of Object.entries(whole.gradients)) {
      const own = inside.gradientOf(name);
      if (own) expectNear(`grad(${name})`, own, data);
      else
        expect(
          [...(data as Float64Array)].every((x) => x === 0),
          `grad(${name}) without use`,
        ).toBe(true);
    }
  });

  test('it lies on the canvas from left to right, without overlaps', () => {
    const places = new Map(fragment.nodes.map(({ id, position }) => [id, position as readonly [number, number]]));
    expect(places.size).toBe(fragment.nodes.length);
    for (const { from, to } of fragment.edges) {
      const [a, b] = [places.get(from.split('.')[0] as string), places.get(to.split('.')[0] as string)];
      if (a && b) expect(b[0] - a[0], `${from} → ${to}`).toBeGreaterThanOrEqual(240);
    }
    const list = [...places.values()];
    for (const [i, a] of list.entries()) {
      for (const b of list.slice(0, i)) expect(Math.abs(a[0] - b[0]) >= 240 || Math.abs(a[1] - b[1]) >= 150).toBe(true);
    }
  });
});

test('the open LSTM cell names what textbooks name', () => {
  const { operator, sample } = cases.find(({ operator }) => operator.id === 'lstm_cell')!;
  const drawn = drawSample(operator, sample);
  const { nodes } = operator.expand!({ attributes: drawn.attributes, inputs: drawn.inputs });
  const named = Object.fromEntries(nodes.map(({ id, op }) => [id, op]));
  expect(named).toMatchObject({ i: 'sigmoid', f: 'sigmoid', g: 'tanh', o: 'sigmoid', c: 'add', h: 'mul' });
});
