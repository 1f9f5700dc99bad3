// Central differences of a record's float64 reference: the truth that gradient rules are held against.
import type { Operator } from '../../src/operators/define-operator.ts';
import { type Numbers, referenceOutputs } from './operator-harness.ts';
import type { DrawnSample } from './operator-samples.ts';

/** ∂/∂port of Σ outputs · cotangents, element by element; truncation and rounding both stay below about 1e-9. */
export function centralDifferences(
  operator: Operator,
  drawn: DrawnSample,
  cotangents: Readonly<Record<string, ArrayLike<number>>>,
  port: string,
): Float64Array {
  const { shape, data } = drawn.inputs[port] as Numbers;
  const moved = Float64Array.from(data);
  const inputs = { ...drawn.inputs, [port]: { dtype: 'float32' as const, shape, data: moved } };
  const weighted = () => {
    const outputs = referenceOutputs(operator, drawn.attributes, drawn.inferred, { ...drawn, inputs });
    let sum = 0;
    for (const [name, weights] of Object.entries(cotangents)) {
      for (const [i, y] of (outputs[name] as Float64Array).entries()) sum += y * (weights[i] as number);
    }
    return sum;
  };
  return moved.map((x, i) => {
    const step = 1e-5 * Math.max(1, Math.abs(x));
    moved[i] = x + step;
    const up = weighted();
    moved[i] = x - step;
    const down = weighted();
    moved[i] = x;
    return (up - down) / (2 * step);
  });
}
