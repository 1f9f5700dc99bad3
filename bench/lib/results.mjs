// What an engine computes, sampled, so that only engines that compute the same are compared.
import { tensorsOf } from '../workloads/tensors.mjs';

const samples = 2000;

/**
 * Runs the case from its fixed start. Forward: the output; gradients: those of inputs and parameters too; a step: the losses of
 * the first three and how the first one changed every parameter.
 * @returns {Promise<Record<string, { values: number[], tolerance: number, slack: number }>>} what others may differ by: a share of
 *   the norm, and what rounding alone makes of it
 */
export async function resultsOf({ net, kind }, { run, read }) {
  const { parameters } = tensorsOf(net);
  const results = {};
  const keep = (name, numbers, { tolerance = 1e-3, slack = 0 } = {}) => {
    const all = Array.from(numbers);
    const every = Math.max(1, Math.ceil(all.length / samples));
    results[name] = { values: all.filter((_, i) => i % every === 0), tolerance, slack };
  };
  await run();
  if (kind === 'step') {
    keep('loss', await read('loss'));
    // A rectifier whose input is zero but for rounding lets a gradient through here and none there, and steps go on from that.
    const tolerance = 1e-2;
    for (const { name, values } of parameters.values()) {
      const after = await read(name);
      const size = Math.hypot(...values.subarray(0, samples));
      keep(
        `change of ${name}`,
        values.map((before, i) => after[i] - before),
        { tolerance, slack: size * 2 ** -22 },
      );
    }
    for (const which of ['second', 'third']) {
      await run();
      keep(`${which} loss`, await read('loss'), { tolerance });
    }
    return results;
  }
  keep('y', await read('y'));
  if (kind === 'gradients') {
    const names = [...Object.keys(net.inputs), ...parameters.keys()];
    for (const name of names) keep(`grad(${name})`, await read(`grad(${name})`));
  }
  return results;
}

/** The first result in which two engines differ by more than is tolerated, or undefined. */
export function difference(ours, theirs) {
  for (const [name, { values, tolerance, slack }] of Object.entries(ours)) {
    const other = theirs[name]?.values ?? [];
    const apart = Math.hypot(...values.map((x, i) => x - other[i]));
    const norm = Math.hypot(...values);
    if (other.length !== values.length || !(apart <= tolerance * norm + slack)) {
      return `${name}: ${(apart / norm).toPrecision(2)} of its norm apart`;
    }
  }
  return undefined;
}
