import { texts } from '../ui/texts.ts';
import type { Command } from './command.ts';

export const saveWeightsCommand: Command = {
  id: 'file.saveWeights',
  title: texts.commands.saveWeights,
  group: 'file',
  keys: [],

  enabled: ({ session }) => (session.getState().report?.parameterCount ?? 0) > 0,
  run: async (workbench) => (await import('./support/save-files.ts')).saveAs(workbench, 'safetensors'),
};
