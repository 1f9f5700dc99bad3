import { texts } from '../ui/texts.ts';
import type { Command } from './command.ts';

export const addNodeCommand: Command = {
  id: 'edit.add',
  title: texts.commands.addNode,
  group: 'edit',
  keys: ['/'],

  enabled: ({ canvas, scope }) => canvas.current !== null && scope()?.readOnly === false,
  run: ({ canvas, look }) => look({ overlay: { kind: 'add', at: canvas.current?.placeForNew() ?? [0, 0] } }),
};
