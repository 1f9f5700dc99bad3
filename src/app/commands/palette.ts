import { Command as CommandIcon } from 'lucide-react';
import { texts } from '../ui/texts.ts';
import type { Command } from './command.ts';

export const paletteCommand: Command = {
  id: 'view.commands',
  title: texts.commands.palette,
  group: 'view',
  keys: ['Mod+K'],
  icon: CommandIcon,
  whileTyping: true,
  enabled: () => true,
  run: ({ look }) => look({ overlay: { kind: 'commands' } }),
};
