import { emptyGraph } from '../state/empty-graph.ts';
import { texts } from '../ui/texts.ts';
import type { Command } from './command.ts';

export const newGraphCommand: Command = {
  id: 'file.new',
  title: texts.commands.newGraph,
  group: 'file',
  keys: ['Alt+N'],

  enabled: () => true,
  run: (workbench) => workbench.load(emptyGraph()),
};
