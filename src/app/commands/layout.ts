import { texts } from '../ui/texts.ts';
import type { Command } from './command.ts';

export const layoutCommand: Command = {
  id: 'view.layout',
  title: texts.commands.layout,
  group: 'structure',
  keys: ['Mod+Shift+L'],

  enabled: ({ canvas, scope }) =>
    canvas.current !== null && (scope()?.nodes.length ?? 0) > 1 && scope()?.readOnly === false,
  run: ({ canvas }) => canvas.current?.arrange(),
};
