import { PanelBottom } from 'lucide-react';
import { texts } from '../ui/texts.ts';
import type { Command } from './command.ts';

export const toggleDockCommand: Command = {
  id: 'view.toggle.dock',
  title: texts.commands.togglePanel(texts.shell.toggleDock),
  group: 'view',
  keys: ['Mod+J'],
  icon: PanelBottom,
  enabled: () => true,
  checked: ({ view }) => view.getState().dockOpen,
  run: ({ view, look }) => look({ dockOpen: !view.getState().dockOpen }),
};
