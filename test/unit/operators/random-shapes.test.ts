// Any shapes and element types that ports let through: inference answers with types or with one diagnostic, never with a
// crash, and what it lets through computes what the reference says.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Operator, PortSpec, Sample, TensorType } from '../../../src/operators/define-operator.ts';
import { operators } from '../../../src/operators/registry.generated.ts';
import { numel, type Shape } from '../../../src/tensor/shape.ts';
import {
  flattenPorts,
  inferOperator,
  type Numbers,
  referenceOutputs,
  runOperator,
} from '../../support/operator-harness.ts';
import { distinctNumbers, drawSample } from '../../support/operator-samples.ts';

const judged = Object.values(operators as Readonly<Record<string, Operator>>).filter(
  ({ traits }) => traits.source === undefined && !traits.random,
);

function shapeOf({ rank }: PortSpec): fc.Arbitrary<Shape> {
  const [least, most] = typeof rank === 'number' ? [rank, rank] : (rank ?? [0, 4]);
  return fc.array(fc.integer({ min: 1, max: 4 }), { minLength: least, maxLength: Math.min(4, most) });
}

/** One sample's attributes, and shapes that may or may not fit one another; often all ports get the same one. */
function setups(operator: Operator) {
  const ports = Object.entries(operator.inputs).flatMap(([name, spec]) =>
    spec.variadic === undefined ? [{ name, spec }] : [0, 1, 2].map((i) => ({ name: `${name}${i}`, spec })),
  );
  const type = (spec: PortSpec): fc.Arbitrary<TensorType> =>
    fc.record({
      dtype:
        spec.dtype === 'any'
          ? fc.constantFrom('float32' as const, 'int32' as const)
          : fc.constant(spec.dtype ?? 'float32'),
      shape: shapeOf(spec),
    });
  const first = ports[0]?.spec ?? { title: '' };
  const any = fc
    .record({
      attributes: fc.constantFrom({}, ...operator.samples.map((sample) => sample.attributes ?? {})),
      shared: fc.option(shapeOf(first), { nil: undefined }),
      types: fc.record(Object.fromEntries(ports.map(({ name, spec }) => [name, type(spec)]))),
      left: fc.subarray(ports.filter(({ spec }) => spec.optional).map(({ name }) => name)),
    })
    .map(({ attributes, shared, types, left }) => {
      const given = Object.entries(types as Record<string, TensorType>).filter(([name]) => !left.includes(name));
      return {
        attributes,
        inputs: Object.fromEntries(given.map(([name, own]) => [name, shared ? { ...own, shape: shared } : own])),
      };
    });
  // A sample with one port's type exchanged.
  const near = fc
    .record({
      sample: fc.nat({ max: operator.samples.length - 1 }),
      port: fc.constantFrom(...ports),
      exchanged: fc.boolean(),
    })
    .chain(({ sample, port, exchanged }) => {
      const drawn = drawSample(operator, operator.samples[sample] as Sample);
      const own = Object.entries(drawn.inputs).filter(([name]) => !Object.hasOwn(operator.parameters, name));
      const inputs: Record<string, TensorType> = Object.fromEntries(
        own.map(([name, { dtype, shape }]) => [name, { dtype, shape }]),
      );
      const attributes = operator.samples[sample]?.attributes ?? {};
      return type(port.spec).map((other) => ({
        attributes,
        inputs: exchanged ? { ...inputs, [port.name]: other } : inputs,
      }));
    });
  return fc.oneof(any, near);
}

test.each(judged.map((operator) => ({ id: operator.id, operator })))('$id', ({ operator }) => {
  let computed = 0;
  fc.assert(
    fc.property(setups(operator), ({ attributes, inputs }) => {
      const { inferred, diagnostics } = inferOperator(operator, { attributes, inputs });
      if (!inferred) {
        expect(diagnostics.length).toBeGreaterThan(0);
        for (const { message, at } of diagnostics) {
          expect(message).not.toMatch(/undefined|NaN|\[object/);
          expect(at.port ?? at.attribute).toBeDefined();
        }
        return;
      }
      computed++;
      const types = { ...inputs } as Record<string, TensorType>;
      for (const [name, parameter] of Object.entries(inferred.parameters ?? {})) {
        if (parameter) types[name] = { dtype: 'float32', shape: parameter.shape };
      }
      const given = fill(types);
      const state = fill(
        Object.fromEntries(
          Object.entries(inferred.state ?? {}).map(([name, { shape }]) => [name, { dtype: 'float32' as const, shape }]),
        ),
      );
      const result = runOperator(operator, { attributes, inputs: given, state });
      const truth = referenceOutputs(operator, result.attributes, result.inferred, { inputs: given, state });
      for (const [name, { shape }] of Object.entries(flattenPorts<TensorType>(inferred.outputs))) {
        expect(result.outputs[name]?.shape).toEqual(shape);
        for (const [i, b] of (truth[name] as Float64Array).entries()) {
          const a = result.outputs[name]?.data[i] as number;
          if (!(Object.is(a, b) || Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(b))))
            expect.fail(`${name}[${i}]: ${a} against ${b}`);
        }
      }
    }),
    { seed: 7, numRuns: 60 },
  );
  expect(computed).toBeGreaterThan(0);
});

function fill(types: Readonly<Record<string, TensorType>>): Record<string, Numbers> {
  return Object.fromEntries(
    Object.entries(types).map(([name, { dtype, shape }]) => {
      const count = numel(shape);
      const data =
        dtype === 'int32'
          ? Int32Array.from({ length: count }, (_, i) => i % 2)
          : distinctNumbers(count, 0.1, 0.9, name);
      return [name, { dtype, shape, data }];
    }),
  );
}
