import { texts } from '../ui/texts.ts';
import type { Command } from './command.ts';

export const selectAllCommand: Command = {
  id: 'edit.selectAll',
  title: texts.commands.selectAll,
  group: 'edit',
  keys: ['Mod+A'],

  enabled: ({ scope }) => (scope()?.nodes.length ?? 0) > 0,
  run: ({ look, scope }) => look({ selection: scope()?.nodes.map((node) => node.id) ?? [] }),
};
