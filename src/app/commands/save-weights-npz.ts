import { texts } from '../ui/texts.ts';
import type { Command } from './command.ts';
import { saveWeightsCommand } from './save-weights.ts';

export const saveWeightsNpzCommand: Command = {
  id: 'file.saveWeightsNpz',
  title: texts.commands.saveWeightsNpz,
  group: 'file',
  keys: [],
  enabled: saveWeightsCommand.enabled,
  run: async (workbench) => (await import('./support/save-files.ts')).saveAs(workbench, 'npz'),
};
