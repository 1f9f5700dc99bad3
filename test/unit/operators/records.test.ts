// Every operator record against its own float64 loops, central differences, and the rules of a record.
import { describe, expect, test } from 'vitest';
import type { Operator, Sample } from '../../../src/operators/define-operator.ts';
import { operators } from '../../../src/operators/registry.generated.ts';
import type { Explanation } from '../../../src/program/explanation.ts';
import { createRandom } from '../../../src/tensor/random.ts';
import { numel, type Shape } from '../../../src/tensor/shape.ts';
import { centralDifferences } from '../../support/central-differences.ts';
import {
  flattenPorts,
  groupPorts,
  inferOperator,
  type Numbers,
  referenceContext,
  referenceOutputs,
  runOperator,
} from '../../support/operator-harness.ts';
import { asRun, cotangentsOf, expectExplains, expectNear } from '../../support/operator-judgements.ts';
import { operatorFiles } from '../../support/operator-records.ts';
import { drawSample } from '../../support/operator-samples.ts';

const files = operatorFiles();
const samples = files.flatMap(({ id, operator, text }) =>
  operator.samples.map((sample, i) => ({ name: `${id} #${i} ${JSON.stringify(sample)}`, operator, sample, text })),
);

test('the records to judge are those of the registry', () => {
  expect(files.map(({ id }) => id)).toEqual(Object.keys(operators).sort());
  expect(files.length).toBeGreaterThan(40);
  expect(samples.length).toBeGreaterThan(files.length);
});

describe.each(files)('$id', ({ operator, text }) => {
  test('has a header with its formula, shapes, gradient and source', () => {
    const header = /^(\/\/.*\n)+/.exec(text)?.[0] ?? '';
    expect(header.split('\n').length).toBeLessThanOrEqual(7);
    expect(header.startsWith(`// ${operator.id}: `)).toBe(true);
    for (const word of ['Formula', 'Shapes', 'Gradient', 'Source']) expect(header).toContain(`${word}  `);
  });

  test('tells who it is in words that people and formats use', () => {
    expect(operator.id).toMatch(/^[a-z][a-z0-9_]*$/);
    expect(operator.summary).toMatch(/^[A-Z0-9].*\.$/);
    for (const said of [operator.title, operator.formula, operator.source]) expect(said).not.toBe('');
    expect(operator.onnx === null || operator.onnx.op !== '').toBe(true);
    expect(operator.pytorch === null || operator.pytorch !== '').toBe(true);
    for (const ports of [operator.inputs, operator.parameters, operator.outputs]) {
      for (const [name, port] of Object.entries(ports)) {
        expect(name).toMatch(/^[a-z][a-z0-9_]*$/);
        expect(port.title).not.toBe('');
      }
    }
  });

  test('its attributes have titles', () => {
    for (const [name, schema] of Object.entries(operator.attributes.shape)) {
      const { title } = (schema as { meta(): { title?: string } | undefined }).meta() ?? {};
      expect(title, `${operator.id}.${name}`).toBeTruthy();
    }
  });

  test('has samples, unless its value comes from outside', () => {
    if (operator.traits.source === undefined) expect(operator.samples.length).toBeGreaterThan(0);
    for (const port of operator.samples.flatMap((sample) => Object.keys(sample.inputs))) {
      expect([...Object.keys(operator.inputs), ...Object.keys(operator.parameters)]).toContain(
        operator.inputs[port] || operator.parameters[port] ? port : port.replace(/\d+$/, ''),
      );
    }
  });
});

describe.each(samples)('$name', ({ operator, sample, text }) => {
  const draw = () => {
    const drawn = drawSample(operator, sample);
    return { drawn, given: { ...drawn, attributes: sample.attributes ?? {} } };
  };

  test('the program computes what the reference says', () => {
    const { drawn, given } = draw();
    const result = runOperator(operator, given);
    const expected = referenceOutputs(operator, drawn.attributes, drawn.inferred, asRun(drawn, result));
    const types = flattenPorts<{ shape: Shape }>(drawn.inferred.outputs);
    for (const [name, { shape }] of Object.entries(types)) expect(expected[name]).toHaveLength(numel(shape));
    for (const [name, { shape }] of Object.entries(result.outputs)) expect(shape).toEqual(types[name]?.shape);
    expectNear({ ...result.outputs, ...result.nextState }, expected, 1e-10);
  });

  test('wired parameters infer the same', () => {
    const { drawn, given } = draw();
    const wired = inferOperator(operator, { ...given, inputs: drawn.inputs });
    expect(wired.diagnostics).toEqual([]);
    expect(wired.inferred?.outputs).toEqual(drawn.inferred.outputs);
  });

  test('gradients equal central differences', () => expectGradients(operator, sample));

  test('an input that gets no gradient is named in the header', () => {
    if (!operator.gradient) return;
    const { drawn, given } = draw();
    const { gradients } = runOperator(operator, { ...given, cotangents: cotangentsOf(operator, drawn) });
    for (const [port, { dtype }] of Object.entries(drawn.inputs)) {
      if (dtype === 'float32' && !gradients[port]) expect(text).toMatch(new RegExp(`none to (the )?${port}\\b`));
    }
  });

  test('explains random elements by terms that combine to them', () => {
    const { drawn, given } = draw();
    const ran = asRun(drawn, runOperator(operator, given));
    const context = referenceContext(operator, drawn.attributes, drawn.inferred, ran);
    const outputs = referenceOutputs(operator, drawn.attributes, drawn.inferred, ran);
    const random = createRandom(5, operator.id);
    const known: Readonly<Record<string, Numbers>> = { ...ran.saved, ...drawn.state, ...drawn.inputs };
    for (const port of Object.keys(flattenPorts<object>(drawn.inferred.outputs))) {
      const y = outputs[port] as Float64Array;
      for (let k = 0; k < Math.min(4, y.length); k++) {
        const index = random.integer(y.length);
        const explained = operator.explain({ ...context, port, index } as Parameters<Operator['explain']>[0]);
        expectExplains(explained, known, y[index] as number);
      }
    }
  });

  test('counts its operations', () => {
    const { drawn } = draw();
    const inputs = groupPorts(operator.inputs, drawn.inputs) as Record<string, Numbers>;
    for (const name of Object.keys(operator.parameters)) if (drawn.inputs[name]) inputs[name] = drawn.inputs[name];
    const flops = operator.flops({ inputs, outputs: drawn.inferred.outputs, attributes: drawn.attributes });
    expect(Number.isInteger(flops)).toBe(true);
    if (operator.traits.view) expect(flops).toBe(0);
    // Dropout in eval mode and sources do nothing; anything else touches each output at least once.
    else expect(flops).toBeGreaterThanOrEqual(operator.traits.random || operator.traits.source ? 0 : 1);
  });
});

test('a wrong gradient or explanation does not pass', () => {
  const { tanh, exp } = operators;
  const sample: Sample = { inputs: { x: [3] } };
  expect(() => expectGradients(tanh, sample)).not.toThrow();
  expect(() => expectGradients({ ...tanh, gradient: exp.gradient }, sample)).toThrow('x[');
  const x: Numbers = { dtype: 'float32', shape: [1], data: [2] };
  const told = (value: number, result: number): Explanation => ({
    by: 'sum',
    terms: [{ value: 3, factors: [{ port: 'x', index: 0, value }] }],
    result,
    text: 'x',
  });
  expect(() => expectExplains(told(2, 3), { x }, 3)).not.toThrow();
  expect(() => expectExplains(told(1, 3), { x }, 3)).toThrow();
  expect(() => expectExplains(told(2, 4), { x }, 4)).toThrow();
});

function expectGradients(operator: Operator, sample: Sample): void {
  if (!operator.gradient) return;
  const drawn = drawSample(operator, sample);
  const cotangents = cotangentsOf(operator, drawn);
  const given = { ...drawn, attributes: sample.attributes ?? {} };
  const result = runOperator(operator, { ...given, cotangents });
  const ports = Object.keys(result.gradients);
  expect(ports.length).toBeGreaterThan(0);
  for (const port of ports) {
    expect(result.gradients[port]?.shape, port).toEqual(drawn.inputs[port]?.shape);
    const expected = centralDifferences(operator, asRun(drawn, result), cotangents, port);
    expectNear({ [port]: result.gradients[port] as Numbers }, { [port]: expected }, 1e-6);
    const alone = runOperator(operator, { ...given, cotangents, wants: [port] });
    expect(alone.gradients[port]).toEqual(result.gradients[port]);
  }
}
