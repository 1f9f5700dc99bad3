import { CircleDot } from 'lucide-react';
import { instancePath, toggledBreakpoint } from '../state/view-store.ts';
import { texts } from '../ui/texts.ts';
import type { Command } from './command.ts';

export const breakpointCommand: Command = {
  id: 'run.breakpoint',
  title: texts.commands.breakpoint,
  group: 'run',
  keys: ['F9'],
  icon: CircleDot,

  enabled: ({ view }) => view.getState().selection.length > 0,
  run: ({ view, look }) => {
    const { scope, selection, breakpoints } = view.getState();
    let next = breakpoints;
    for (const id of selection) next = toggledBreakpoint(next, instancePath(scope, id), 'forward');
    look({ breakpoints: next });
  },
};
