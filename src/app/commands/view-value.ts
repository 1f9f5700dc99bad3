import { Maximize2 } from 'lucide-react';
import { instancePath } from '../state/view-store.ts';
import type { Workbench } from '../state/workbench.ts';
import { texts } from '../ui/texts.ts';
import type { Command } from './command.ts';

export const viewValueCommand: Command = {
  id: 'view.value',
  title: texts.commands.viewValue,
  group: 'view',
  keys: [],
  icon: Maximize2,
  enabled: (workbench) => firstValue(workbench) !== undefined,
  run: (workbench) => {
    const value = firstValue(workbench);
    if (value !== undefined) workbench.look({ overlay: { kind: 'viewer', value } });
  },
};

/** What the selected node gives. */
function firstValue({ view, session }: Workbench): string | undefined {
  const { scope, selection } = view.getState();
  const [id] = selection;
  if (id === undefined || selection.length > 1) return undefined;
  return Object.values(session.getState().report?.nodes[instancePath(scope, id)]?.outputs ?? {})[0];
}
