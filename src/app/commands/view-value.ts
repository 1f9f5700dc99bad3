import { texts } from '../ui/texts.ts';
import type { Command } from './command.ts';
import { firstValue } from './support/first-value.ts';

export const viewValueCommand: Command = {
  id: 'view.value',
  title: texts.commands.viewValue,
  group: 'view',
  keys: [],
  enabled: (workbench) => firstValue(workbench) !== undefined,
  run: (workbench) => {
    const value = firstValue(workbench);
    if (value !== undefined) workbench.look({ overlay: { kind: 'viewer', value } });
  },
};
