import { PanelRight } from 'lucide-react';
import { texts } from '../ui/texts.ts';
import type { Command } from './command.ts';

export const toggleInspectorCommand: Command = {
  id: 'view.toggle.inspector',
  title: texts.commands.togglePanel(texts.shell.toggleInspector),
  group: 'view',
  keys: ['Mod+I'],
  icon: PanelRight,
  enabled: () => true,
  checked: ({ view }) => view.getState().inspectorOpen,
  run: ({ view, look }) => look({ inspectorOpen: !view.getState().inspectorOpen }),
};
