import type { Workbench } from '../state/workbench.ts';
import { texts } from '../ui/texts.ts';
import type { Command } from './command.ts';

export const copyCommand: Command = {
  id: 'edit.copy',
  title: texts.commands.copy,
  group: 'edit',
  keys: ['Mod+C'],

  enabled: ({ view, scope }) => view.getState().selection.length > 0 && scope()?.readOnly === false,
  run: async (workbench) => void (await startCopy(workbench)),
};

/** Known as under way from now on, so that a paste right behind it waits. @returns whether the clipboard has it */
export async function startCopy(workbench: Workbench): Promise<boolean> {
  const { copying } = workbench;
  const done = import('./support/clipboard.ts').then(({ copySelection }) => copySelection(workbench));
  copying.done = done;
  try {
    return await done;
  } finally {
    if (copying.done === done) copying.done = null;
  }
}
