import { FilePlus2 } from 'lucide-react';
import { texts } from '../ui/texts.ts';
import type { Command } from './command.ts';

export const newGraphCommand: Command = {
  id: 'file.new',
  title: texts.commands.newGraph,
  group: 'file',
  keys: ['Alt+N'],
  icon: FilePlus2,

  enabled: () => true,
  run: async (workbench) => workbench.load((await import('../state/empty-graph.ts')).emptyGraph()),
};
