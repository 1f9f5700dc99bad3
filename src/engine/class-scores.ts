// Where a graph keeps the scores and labels of its classes: at its loss.
import type { Project } from './project.ts';

/** What arrives at the loss: its scores. */
export function scoresOf(project: Project): string | null {
  const loss = project.compilation.network.instances.find(
    (instance) => instance.operator.traits.loss && instance.inputs.has('x'),
  );
  return loss?.inputs.get('x') ?? null;
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
