// Where a graph keeps the scores and labels of its classes: at its loss.
import { canonical, outputName } from '../../compiler/network.ts';
import { areScores } from '../../insight/attribution.ts';
import type { Project } from '../project.ts';

/** What arrives at the loss; without a loss the last scores of classes that the graph gives and does not use itself. */
export function scoresOf({ compilation: { network } }: Project): string | null {
  const loss = network.instances.find((instance) => instance.operator.traits.loss && instance.inputs.has('x'));
  if (loss) return loss.inputs.get('x') ?? null;
  const used = new Set(
    network.instances.flatMap(({ inputs }) => [...inputs.values()].map((name) => canonical(network, name))),
  );
  for (const instance of network.instances.toReversed()) {
    for (const [port, { dtype, shape }] of Object.entries(network.types.get(instance.path)?.outputs ?? {})) {
      const name = outputName(instance, port);
      if (dtype === 'float32' && areScores(shape) && (shape[1] ?? 0) > 1 && !used.has(name) && instance.inputs.size > 0)
        return name;
    }
  }
  return null;
}

/** The label of an example, where the loss is fed one. */
export function labelOf(project: Project, example: number): number | null {
  const { debug, compilation } = project;
  const loss = compilation.network.instances.find(
    (instance) => instance.operator.traits.loss && instance.operator.inputs['target'] !== undefined,
  );
  const name = loss && (loss.inputs.get('target') ?? `${loss.path}.target`);
  const index = name === undefined ? undefined : debug?.bound.find(name);
  const view = index === undefined ? undefined : debug?.bound.view(index);
  return view instanceof Int32Array ? (view[example] ?? null) : null;
}
