// gradient check: the backward pass of every node against central differences, in float64 on the plain references. Node by
// node: s = Σ ∂loss/∂output · output, so that one node's error does not hide behind another's. Kinks are named, not failed.

import type { Compilation } from '../compiler/compile.ts';
import { shareName } from '../compiler/differentiate.ts';
import { canonical, type Instance, type InstanceTypes, outputName, type TypedNetwork } from '../compiler/network.ts';
import { runReference } from '../kernels/reference/reference.ts';
import type { Plan, PlanStep } from '../program/plan.ts';
import type { Phase } from '../program/program.ts';
import { interpretPlan } from '../runtime/interpret.ts';
import type { NumericArray } from '../tensor/dtype.ts';
import { createRandom } from '../tensor/random.ts';

export interface PortCheck {
  readonly path: string;
  /** `a + b` where the same value enters at both: its gradient is their sum. */
  readonly port: string;
  /** Largest |numeric − analytic| / max(|numeric|, |analytic|) over the elements looked at. */
  readonly error: number;
  /** Elements compared, and elements at a kink, where the one-sided slopes differ. */
  readonly checked: number;
  readonly kinks: number;
  /** Elements that cannot be compared: moving them gives no numbers (NaN, infinity). */
  readonly unclear: number;
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
export function checkGradients(compilation: Compilation, options: GradientCheckOptions = {}): PortCheck[] {
  const { plan } = compilation;
  if (!plan) return [];
  const { set, ...rest } = options;
  const run = interpretPlan(plan, { precision: 'float64', ...(set ? { set } : {}) });
  run.run();
  const slices = gradientChecks(compilation, (name) => run.read(name), rest);
  for (;;) {
    const { done, value } = slices.next();
    if (done) return value;
  }
}

/** Where a check stands: nodes done, of how many, and the one being looked at. */
export interface GradientCheckProgress {
  readonly done: number;
  readonly total: number;
  readonly current: string;
  /** Of the nodes that are done. */
  readonly checks: readonly PortCheck[];
}

export interface GradientChecksOptions extends Omit<GradientCheckOptions, 'set'> {
  /** Which nodes (instance paths); all by default. */
  readonly includes?: (path: string) => boolean;
}

/**
 * The same in slices, each about one pass through one node. `numbers` are those of a run of the plan (in float32 will do): every
 * node is computed again from what arrives there, in float64, forward and backward.
 */
export function* gradientChecks(
  { plan, network }: Compilation,
  numbers: (name: string) => NumericArray,
  { samples = 8, tolerance = 1e-6, includes = () => true }: GradientChecksOptions = {},
): Generator<GradientCheckProgress, PortCheck[]> {
  if (!plan) return [];
  const checks: PortCheck[] = [];
  const nodes = network.instances.filter(
    (instance) =>
      network.types.has(instance.path) && !instance.expanded && instance.operator.gradient && includes(instance.path),
  );
  for (const [done, instance] of nodes.entries()) {
    const progress = { done, total: nodes.length, current: instance.path, checks };
    yield progress;
    const found: PortCheck[] = [];
    for (const check of checkNode(plan, network, instance, numbers, samples, tolerance)) {
      if (check) found.push(check);
      yield progress;
    }
    checks.push(...found);
  }
  return checks;
}

/** Yields null between passes through the node, and the finding of each of its ports. */
function* checkNode(
  plan: Plan,
  network: TypedNetwork,
  instance: Instance,
  numbers: (name: string) => NumericArray,
  samples: number,
  tolerance: number,
): Generator<PortCheck | null> {
  const types = network.types.get(instance.path) as InstanceTypes;
  const arrays = new Map<number, NumericArray>();
  /** The node's own copies: what it is moved about in. */
  const arrayAt = (index: number): NumericArray => {
    const known = arrays.get(index);
    if (known) return known;
    const value = plan.values[index];
    const given = numbers(value?.name ?? '');
    const copy = value?.dtype === 'int32' ? Int32Array.from(given) : Float64Array.from(given);
    arrays.set(index, copy);
    return copy;
  };
  const has = (name: string) => Object.hasOwn(plan.names, name);
  const named = (name: string) => arrayAt(plan.names[name] as number);
  const outputs = Object.keys(types.outputs).flatMap((port) => {
    const name = outputName(instance, port);
    return has(name) && has(`grad(${name})`) ? [{ value: named(name), cotangent: named(`grad(${name})`) }] : [];
  });
  if (outputs.length === 0) return;
  const perform = (phase: Phase) => {
    for (const { step, kernel, inputs, outputs: written } of plan.instructions) {
      const { node, phase: own, role } = plan.steps[step] as PlanStep;
      const spec = plan.kernels[kernel];
      if (node === instance.path && own === phase && role === 'node' && spec)
        runReference(spec, inputs.map(arrayAt), written.map(arrayAt));
    }
  };
  const redo = () => perform('forward');
  redo();
  yield null;
  perform('backward');
  yield null;
  for (const [name, ports] of portsByValue(plan, network, instance, types)) {
    const shares = ports.map((port) => shareName({ instance, types }, port, name)).filter(has);
    const names = shares.length > 0 ? shares : ports.length === 1 && has(`grad(${name})`) ? [`grad(${name})`] : [];
    if (names.length === 0) continue;
    const slices = checkPort(named(name), sumOf(names.map(named)), redo, outputs, samples, tolerance);
    for (;;) {
      const { done, value } = slices.next();
      if (done) {
        yield { path: instance.path, port: ports.join(' + '), ...value };
        break;
      }
      yield null;
    }
  }
}

/** What is moved about, and the ports at which it enters: moved at one of them it moves at all, and their gradients add up. */
function portsByValue(
  plan: Plan,
  network: TypedNetwork,
  instance: Instance,
  types: InstanceTypes,
): ReadonlyMap<string, readonly string[]> {
  const found = new Map<number, { readonly name: string; readonly ports: string[] }>();
  for (const port of Object.keys(types.inputs)) {
    const source = instance.inputs.get(port);
    const own = `${Object.hasOwn(types.parameters, port) ? instance.owner : instance.path}.${port}`;
    const name = source === undefined ? own : canonical(network, source);
    const index = Object.hasOwn(plan.names, name) ? plan.names[name] : undefined;
    if (types.inputs[port]?.dtype !== 'float32' || index === undefined) continue;
    const known = found.get(index);
    if (known) known.ports.push(port);
    else found.set(index, { name, ports: [port] });
  }
  return new Map([...found.values()].map(({ name, ports }) => [name, ports]));
}

function sumOf(arrays: readonly NumericArray[]): NumericArray {
  const [first = new Float64Array(), ...others] = arrays;
  return others.length === 0
    ? first
    : Float64Array.from(first, (x, i) => others.reduce((sum, each) => sum + (each[i] as number), x));
}

interface Output {
  readonly value: NumericArray;
  readonly cotangent: NumericArray;
}

/** The outputs with one element moved by h, up and down. */
interface Around {
  readonly up: readonly NumericArray[];
  readonly down: readonly NumericArray[];
  readonly h: number;
}

/** Where the usual step disagrees: shares of it that are tried, as long as rounding is below `quiet` of the slope. */
const nearer = [1e-1, 1e-2];
const quiet = 1e-5;

/** Rounding of float64 in one output, times the safety that a sum of products in another order needs. */
const rounding = 16 * Number.EPSILON;

function* checkPort(
  values: NumericArray,
  gradient: NumericArray,
  redo: () => void,
  outputs: readonly Output[],
  samples: number,
  tolerance: number,
): Generator<null, Omit<PortCheck, 'path' | 'port'>> {
  const random = createRandom(0, 'gradient check');
  let [error, checked, kinks, unclear] = [0, 0, 0, 0];
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
  const isKink = ({ up, down, h }: Around, middle: readonly NumericArray[], size: number) => {
    const [right, left] = [slope(up, middle, h), slope(middle, down, h)];
    return Math.abs(right.value - left.value) > right.noise + left.noise + 1e-3 * size;
  };
  const compare = ({ up, down, h }: Around, analytic: number) => {
    const { value, noise } = slope(up, down, 2 * h);
    const size = Math.max(Math.abs(value), Math.abs(analytic), 1e-9);
    const off = Math.abs(value - analytic) / size;
    // A gradient that is not a number agrees with no slope.
    const isSlope = Number.isFinite(value);
    return { isSlope, size, off: Number.isNaN(off) ? Number.POSITIVE_INFINITY : off, noise: noise / size };
  };
  for (let n = 0; n < Math.min(samples, values.length); n++) {
    const i = values.length <= samples ? n : random.integer(values.length);
    const x = values[i] as number;
    const around = (h: number): Around => {
      const [up, down] = [at(i, x + h), at(i, x - h)];
      values[i] = x;
      return { up, down, h };
    };
    const h = 1e-5 * Math.max(1, Math.abs(x));
    let place = around(h);
    yield null;
    const analytic = gradient[i] as number;
    let found = compare(place, analytic);
    let wrong = !(found.off <= tolerance + found.noise);
    // A strong bend, or a kink beside the element, is stepped over by less.
    for (const smaller of wrong ? nearer : []) {
      const near = around(h * smaller);
      const again = compare(near, analytic);
      if (!(again.noise * again.size <= quiet * found.size)) break;
      [place, found] = [near, again];
      wrong = !(found.off <= tolerance + found.noise);
      yield null;
      if (!wrong) break;
    }
    if (wrong && isKink(place, at(i, x), found.size)) {
      kinks++;
      continue;
    }
    if (!found.isSlope) {
      unclear++;
      continue;
    }
    checked++;
    error = Math.max(error, found.off);
    passed &&= !wrong;
  }
  redo();
  return { error, checked, kinks, unclear, passed };
}
