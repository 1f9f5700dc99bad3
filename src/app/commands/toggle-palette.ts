import { PanelLeft } from 'lucide-react';
import { texts } from '../ui/texts.ts';
import type { Command } from './command.ts';

export const togglePaletteCommand: Command = {
  id: 'view.toggle.palette',
  title: texts.commands.togglePanel(texts.shell.togglePalette),
  group: 'view',
  keys: ['Mod+B'],
  icon: PanelLeft,
  enabled: () => true,
  checked: ({ view }) => view.getState().paletteOpen,
  run: ({ view, look }) => look({ paletteOpen: !view.getState().paletteOpen }),
};
