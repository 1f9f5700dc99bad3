import { canStep } from '../state/session-store.ts';
import { instancePath } from '../state/view-store.ts';
import { texts } from '../ui/texts.ts';
import type { Command } from './command.ts';

/** Of the selected node, or of the whole graph. */
export const gradientCheckCommand: Command = {
  id: 'run.gradient_check',
  title: texts.commands.gradientCheck,
  group: 'run',
  keys: [],
  enabled: ({ session }) => canStep(session.getState()) && session.getState().report?.loss != null,
  run: ({ look, view }) => {
    const { scope, selection } = view.getState();
    const path = selection.length === 1 ? instancePath(scope, selection[0] as string) : null;
    look({ overlay: { kind: 'gradient_check', path } });
  },
};
