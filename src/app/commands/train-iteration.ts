import { SkipForward } from 'lucide-react';
import { hasFinished, isTraining } from '../state/session-store.ts';
import { texts } from '../ui/texts.ts';
import type { Command } from './command.ts';

export const trainIterationCommand: Command = {
  id: 'train.iterate',
  title: texts.commands.iterate,
  group: 'train',
  keys: [],
  icon: SkipForward,

  enabled: ({ session }) =>
    session.getState().run.kind === 'ready' &&
    session.getState().report?.runnable === true &&
    session.getState().report?.loss !== null &&
    !isTraining(session.getState()) &&
    !hasFinished(session.getState()),
  run: ({ link }) => link.train('iterate'),
};
