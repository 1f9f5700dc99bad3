import { texts } from '../ui/texts.ts';
import type { Command } from './command.ts';

/** Which one is chosen on its panel. */
const first = 'gradient-flow';

export const overlayCommand: Command = {
  id: 'view.overlay',
  title: texts.commands.overlay,
  group: 'view',
  keys: ['Alt+O'],
  enabled: () => true,
  checked: ({ view }) => view.getState().canvasOverlay !== '',
  run: ({ look, view }) => look({ canvasOverlay: view.getState().canvasOverlay === '' ? first : '' }),
};
