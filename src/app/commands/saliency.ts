import { findOperator } from '../../operators/catalogue.ts';
import { canStep } from '../state/session-store.ts';
import { instancePath } from '../state/view-store.ts';
import type { Workbench } from '../state/workbench.ts';
import { texts } from '../ui/texts.ts';
import type { Command } from './command.ts';

export const saliencyCommand: Command = {
  id: 'run.saliency',
  title: texts.commands.saliency,
  group: 'run',
  keys: [],
  enabled: (workbench) => canStep(workbench.session.getState()) && pictureInput(workbench) !== null,
  run: (workbench) => {
    const input = pictureInput(workbench);
    if (input !== null) workbench.look({ overlay: { kind: 'saliency', input } });
  },
};

/** The selected input, or else the first of the graph that holds real numbers. */
function pictureInput({ view, document, session }: Workbench): string | null {
  const { selection, scope } = view.getState();
  const { nodes } = document.store.getState().graph;
  const chosen = selection.length === 1 ? instancePath(scope, selection[0] as string) : '';
  const report = session.getState().report;
  const inputs = nodes.filter(
    ({ id, op }) =>
      findOperator(op)?.traits.source === 'feed' &&
      report?.values[`${id}.y`]?.dtype === 'float32' &&
      (report.values[`${id}.y`]?.shape.length ?? 0) > 1,
  );
  const input = inputs.find(({ id }) => id === chosen) ?? inputs[0];
  return input === undefined ? null : `${input.id}.y`;
}
