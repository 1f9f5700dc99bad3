import { FolderOpen } from 'lucide-react';
import { texts } from '../ui/texts.ts';
import type { Command } from './command.ts';
import { pickAndOpen } from './support/files.ts';

export const openCommand: Command = {
  id: 'file.open',
  title: texts.commands.open,
  group: 'file',
  keys: ['Mod+O'],
  icon: FolderOpen,
  whileTyping: true,
  enabled: () => true,
  run: pickAndOpen,
};
