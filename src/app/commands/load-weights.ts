import { texts } from '../ui/texts.ts';
import type { Command } from './command.ts';

export const loadWeightsCommand: Command = {
  id: 'file.loadWeights',
  title: texts.commands.loadWeights,
  group: 'file',
  keys: [],

  enabled: ({ session }) => (session.getState().report?.parameterCount ?? 0) > 0,
  run: async (workbench) => void (await (await import('./support/files.ts')).pickAndOpen(workbench)),
};
