import { LogIn } from 'lucide-react';
import { texts } from '../ui/texts.ts';
import type { Command } from './command.ts';

export const enterCommand: Command = {
  id: 'view.enter',
  title: texts.commands.enter,
  group: 'view',
  keys: [],
  icon: LogIn,

  enabled: ({ view }) => view.getState().selection.length === 1,
  run: ({ view, enter }) => enter(view.getState().selection[0] as string),
};
