import type { GraphFile } from '../graph/schema.ts';
import { type Diagnostic, error } from '../tensor/diagnostic.ts';
import { canonical, type Network, outputName } from './network.ts';

/** What is minimised: what the training set-up names, else the only operator that is a loss. Null where there is none. */
export function findLoss(
  graph: GraphFile,
  network: Network,
  needed: boolean,
  report: (d: Diagnostic) => void,
): string | null {
  const named = graph.training.loss;
  const given = new Set(network.instances.map((instance) => outputName(instance, 'y')));
  if (named !== undefined) {
    const full = canonical(network, named.includes('.') ? named : `${named}.y`);
    const instance = network.instances.find((candidate) => full.startsWith(`${candidate.path}.`));
    if (given.has(full) || instance) return full;
    if (needed)
      report(
        error('E_LOSS', `the training set-up names the loss \`${named}\`, which does not exist`, {
          json: '/training/loss',
        }),
      );
    return null;
  }
  const losses = network.instances.filter((instance) => instance.operator.traits.loss);
  if (losses.length > 1 && needed) {
    report(
      error(
        'E_LOSS',
        `there are ${losses.length} losses (${losses.map((instance) => `\`${instance.path}\``).join(', ')})`,
        { json: '/training/loss' },
        { hint: 'Name the one to minimise as training.loss, or add them up.' },
      ),
    );
    return null;
  }
  const only = losses.length === 1 ? losses[0] : undefined;
  return only ? outputName(only, 'y') : null;
}
