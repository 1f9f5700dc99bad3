import { ZoomIn } from 'lucide-react';
import { texts } from '../ui/texts.ts';
import type { Command } from './command.ts';

export const zoomSelectionCommand: Command = {
  id: 'view.zoomSelection',
  title: texts.commands.zoomSelection,
  group: 'view',
  keys: ['Shift+2'],
  icon: ZoomIn,

  enabled: ({ canvas, view }) => canvas.current !== null && view.getState().selection.length > 0,
  run: ({ canvas, view }) => canvas.current?.zoomTo(view.getState().selection),
};
