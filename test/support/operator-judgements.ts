// What is held against an operator's record: results near the truth, and explanations whose terms make the element.
import { expect } from 'vitest';
import type { Operator } from '../../src/operators/define-operator.ts';
import type { Explanation } from '../../src/program/explanation.ts';
import { numel, type Shape } from '../../src/tensor/shape.ts';
import { flattenPorts, type Numbers, type RunResult } from './operator-harness.ts';
import { type DrawnSample, distinctSigned } from './operator-samples.ts';

export function cotangentsOf(operator: Operator, drawn: DrawnSample): Record<string, Float64Array> {
  const types = Object.entries(flattenPorts<{ shape: Shape; dtype: string }>(drawn.inferred.outputs));
  return Object.fromEntries(
    types
      .filter(([, { dtype }]) => dtype === 'float32')
      .map(([name, { shape }]) => [name, distinctSigned(numel(shape), `${operator.id} dy ${name}`)]),
  );
}

/** The sample as it ran: with the mask where its program drew one, for then the inputs do not say all. */
export function asRun(drawn: DrawnSample, { program, saved }: RunResult): DrawnSample {
  return program.instructions.some(({ kernel }) => kernel.op === 'bernoulli') ? { ...drawn, saved } : drawn;
}

export function expectNear(
  actual: Readonly<Record<string, Numbers>>,
  expected: Readonly<Record<string, ArrayLike<number>>>,
  tolerance: number,
): void {
  for (const [name, { data, dtype }] of Object.entries(actual)) {
    const truth = expected[name];
    expect(truth, `${name} has no reference`).toBeDefined();
    expect(data).toHaveLength(truth?.length ?? -1);
    for (let i = 0; i < data.length; i++) {
      const [a, b] = [data[i] as number, truth?.[i] as number];
      const near =
        dtype === 'int32' ? a === b : Object.is(a, b) || Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(b));
      if (!near) expect.fail(`${name}[${i}] is ${a}, expected ${b}`);
    }
  }
}

export function expectExplains(
  explained: Explanation,
  known: Readonly<Record<string, Numbers>>,
  element: number,
): void {
  expect(explained.text).not.toBe('');
  expect(explained.text).not.toContain('undefined');
  for (const { port, index, value } of explained.terms.flatMap((term) => term.factors)) {
    expect(value, `factor ${port}[${index}]`).toBe(known[port]?.data[index]);
  }
  const values = explained.terms.map((term) => term.value);
  const sum = values.reduce((a, b) => a + b, 0);
  const combined = {
    sum,
    mean: sum / values.length,
    max: Math.max(...values),
    min: Math.min(...values),
    product: values.reduce((a, b) => a * b, 1),
    function: explained.result,
  }[explained.by];
  for (const number of [combined, explained.result]) {
    expect(Math.abs(number - element)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(element)));
  }
}
