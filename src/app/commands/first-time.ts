import { canStep } from '../state/session-store.ts';
import { texts } from '../ui/texts.ts';
import type { Command } from './command.ts';

export const firstTimeCommand: Command = {
  id: 'run.firstTime',
  title: texts.commands.firstTime,
  group: 'run',
  keys: ['Mod+Alt+F5'],
  whileTyping: true,
  enabled: ({ session }) => canStep(session.getState()),
  run: ({ look }) => look({ overlay: { kind: 'first_time' } }),
};
