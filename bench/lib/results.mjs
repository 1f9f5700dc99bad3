// What an engine computes, sampled, so that only engines that compute the same are compared.
import { tensorsOf } from '../workloads/tensors.mjs';

const samples = 2000;

/**
 * Runs the case from its fixed start. Forward: the output; gradients: those of inputs and parameters too; a step: the losses of
 * the first three and how the first one changed every parameter.
 * @returns {Promise<Record<string, { values: number[], slack: number }>>} slack: what rounding alone may make of it, as a norm
 */
export async function resultsOf({ net, kind }, { run, read }) {
  const { parameters } = tensorsOf(net);
  const results = {};
  const keep = (name, numbers, slack = 0) => {
    const all = Array.from(numbers);
    const every = Math.max(1, Math.ceil(all.length / samples));
    results[name] = { values: all.filter((_, i) => i % every === 0), slack };
  };
  await run();
  if (kind === 'step') {
    const losses = [(await read('loss'))[0]];
    for (const { name, values } of parameters.values()) {
      const after = await read(name);
      const size = Math.hypot(...values.subarray(0, samples));
      keep(
        `change of ${name}`,
        values.map((before, i) => after[i] - before),
        size * 2 ** -22,
      );
    }
    for (let i = 0; i < 2; i++) {
      await run();
      losses.push((await read('loss'))[0]);
    }
    keep('losses', losses);
    return results;
  }
  keep('y', await read('y'));
  if (kind === 'gradients') {
    const names = [...Object.keys(net.inputs), ...parameters.keys()];
    for (const name of names) keep(`grad(${name})`, await read(`grad(${name})`));
  }
  return results;
}

/** The first result in which two engines differ by more than a thousandth of its norm, or undefined. */
export function difference(ours, theirs) {
  for (const [name, { values, slack }] of Object.entries(ours)) {
    const other = theirs[name]?.values ?? [];
    const apart = Math.hypot(...values.map((x, i) => x - other[i]));
    const norm = Math.hypot(...values);
    if (other.length !== values.length || !(apart <= 1e-3 * norm + slack)) {
      return `${name}: ${(apart / norm).toPrecision(2)} of its norm apart`;
    }
  }
  return undefined;
}
