import { texts } from '../ui/texts.ts';
import type { Command } from './command.ts';
import { firstValue } from './support/first-value.ts';

/** The first number that the selected node gives, or else the loss. */
export const explainCommand: Command = {
  id: 'view.explain',
  title: texts.commands.explain,
  group: 'view',
  keys: [],
  enabled: (workbench) => firstOrLoss(workbench) !== undefined,
  run: (workbench) => {
    const value = firstOrLoss(workbench);
    if (value !== undefined) workbench.explain({ name: value, index: 0 });
  },
};

function firstOrLoss(workbench: Parameters<Command['run']>[0]): string | undefined {
  return firstValue(workbench) ?? workbench.session.getState().report?.loss ?? undefined;
}
