import { texts } from '../ui/texts.ts';
import type { Command } from './command.ts';

export const connectNodeCommand: Command = {
  id: 'edit.connect',
  title: texts.commands.connect,
  group: 'edit',
  keys: ['C'],

  enabled: ({ view, scope }) => view.getState().selection.length === 1 && scope()?.readOnly === false,
  run: ({ view, look }) => {
    const node = view.getState().selection[0];
    if (node !== undefined) look({ overlay: { kind: 'connect', node } });
  },
};
