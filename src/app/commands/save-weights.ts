import { Save } from 'lucide-react';
import { texts } from '../ui/texts.ts';
import type { Command } from './command.ts';
import { saveWeights } from './support/files.ts';

export const saveWeightsCommand: Command = {
  id: 'file.saveWeights',
  title: texts.commands.saveWeights,
  group: 'file',
  keys: [],
  icon: Save,

  enabled: ({ session }) => (session.getState().report?.parameterCount ?? 0) > 0,
  run: saveWeights,
};
