// gradient check: the backward pass of every node against central differences, in float64 on the plain references. Node by
// node: s = Σ ∂loss/∂output · output, so that one node's error does not hide behind another's. Kinks are named, not failed.

import type { Compilation } from '../compiler/compile.ts';
import { shareName } from '../compiler/differentiate.ts';
import { canonical, outputName } from '../compiler/network.ts';
import { runReference } from '../kernels/reference/reference.ts';
import { type Interpretation, interpretPlan } from '../runtime/interpret.ts';
import type { NumericArray } from '../tensor/dtype.ts';
import { createRandom } from '../tensor/random.ts';

export interface PortCheck {
  readonly path: string;
  readonly port: string;
  /** Largest |numeric − analytic| / max(|numeric|, |analytic|) over the elements looked at. */
  readonly error: number;
  /** Elements compared, and elements at a kink, where the one-sided slopes differ. */
  readonly checked: number;
  readonly kinks: number;
  /** Within the tolerance, beyond what float64 rounding of the differences explains. */
  readonly passed: boolean;
}

export interface GradientCheckOptions {
  /** Elements looked at per port. */
  readonly samples?: number;
  readonly tolerance?: number;
  /** Feeds and weights by value name, where they differ from their start. */
  readonly set?: ReadonlyMap<string, ArrayLike<number>>;
}

/** `compilation` must keep everything (`retain: 'all'`, `gradients: 'all'`, no update). */
export function checkGradients({ plan, network }: Compilation, options: GradientCheckOptions = {}): PortCheck[] {
  if (!plan) return [];
  const { samples = 8, tolerance = 1e-6, set } = options;
  const run = interpretPlan(plan, { precision: 'float64', ...(set ? { set } : {}) });
  run.run();
  const checks: PortCheck[] = [];
  for (const instance of network.instances) {
    const types = network.types.get(instance.path);
    if (!types || instance.expanded || !instance.operator.gradient) continue;
    const outputs = Object.keys(types.outputs).flatMap((port) => {
      const name = outputName(instance, port);
      const gradient = `grad(${name})`;
      return Object.hasOwn(plan.names, gradient) && Object.hasOwn(plan.names, name)
        ? [{ value: run.read(name), cotangent: run.read(gradient) }]
        : [];
    });
    if (outputs.length === 0) continue;
    const again = plan.instructions.filter(
      ({ step }) => plan.steps[step]?.node === instance.path && plan.steps[step]?.phase === 'forward',
    );
    const redo = () => {
      for (const { kernel, inputs, outputs: written } of again) {
        const spec = plan.kernels[kernel];
        if (spec)
          runReference(
            spec,
            inputs.map((i) => arrayOf(run, plan.values[i]?.name ?? '')),
            written.map((i) => arrayOf(run, plan.values[i]?.name ?? '')),
          );
      }
    };
    for (const port of Object.keys(types.inputs)) {
      const source = instance.inputs.get(port);
      const name =
        source === undefined
          ? Object.hasOwn(types.parameters, port)
            ? `${instance.owner}.${port}`
            : `${instance.path}.${port}`
          : canonical(network, source);
      const share = shareName({ instance, types }, port, name);
      if (types.inputs[port]?.dtype !== 'float32' || !Object.hasOwn(plan.names, name)) continue;
      const gradientName = Object.hasOwn(plan.names, share)
        ? share
        : Object.hasOwn(plan.names, `grad(${name})`)
          ? `grad(${name})`
          : null;
      if (gradientName === null || [...instance.inputs.values()].filter((other) => other === source).length > 1)
        continue;
      checks.push({
        path: instance.path,
        port,
        ...checkPort(run.read(name), run.read(gradientName), redo, outputs, samples, tolerance),
      });
    }
    redo();
  }
  return checks;
}

function arrayOf(run: Interpretation, name: string): NumericArray {
  return run.read(name);
}

interface Output {
  readonly value: NumericArray;
  readonly cotangent: NumericArray;
}

/** Rounding of float64 in one output, times the safety that a sum of products in another order needs. */
const rounding = 16 * Number.EPSILON;

function checkPort(
  values: NumericArray,
  gradient: NumericArray,
  redo: () => void,
  outputs: readonly Output[],
  samples: number,
  tolerance: number,
) {
  const random = createRandom(0, 'gradient check');
  let [error, checked, kinks] = [0, 0, 0];
  let passed = true;
  const at = (i: number, x: number): NumericArray[] => {
    values[i] = x;
    redo();
    return outputs.map((output) => output.value.slice());
  };
  /** Σ cotangent · (a − b) / width, and how far rounding may have moved it. */
  const slope = (a: readonly NumericArray[], b: readonly NumericArray[], width: number) => {
    let [sum, noise] = [0, 0];
    outputs.forEach(({ cotangent }, o) => {
      const [up, down] = [a[o] as NumericArray, b[o] as NumericArray];
      for (let k = 0; k < cotangent.length; k++) {
        const [c, u, d] = [cotangent[k] as number, up[k] as number, down[k] as number];
        sum += c * (u - d);
        noise += Math.abs(c) * Math.max(Math.abs(u), Math.abs(d)) * rounding;
      }
    });
    return { value: sum / width, noise: noise / width };
  };
  /** The slopes on either side differ by more than rounding. */
  const isKink = (
    up: readonly NumericArray[],
    middle: readonly NumericArray[],
    down: readonly NumericArray[],
    h: number,
    size: number,
  ) => {
    const [right, left] = [slope(up, middle, h), slope(middle, down, h)];
    return Math.abs(right.value - left.value) > right.noise + left.noise + 1e-3 * size;
  };
  for (let n = 0; n < Math.min(samples, values.length); n++) {
    const i = values.length <= samples ? n : random.integer(values.length);
    const x = values[i] as number;
    const h = 1e-5 * Math.max(1, Math.abs(x));
    const [up, down] = [at(i, x + h), at(i, x - h)];
    values[i] = x;
    const numeric = slope(up, down, 2 * h);
    const analytic = gradient[i] as number;
    const size = Math.max(Math.abs(numeric.value), Math.abs(analytic), 1e-9);
    const off = Math.abs(numeric.value - analytic) / size;
    const wrong = off > tolerance + numeric.noise / size;
    if (wrong && isKink(up, at(i, x), down, h, size)) {
      kinks++;
      continue;
    }
    checked++;
    error = Math.max(error, off);
    passed &&= !wrong;
  }
  return { error, checked, kinks, passed };
}
