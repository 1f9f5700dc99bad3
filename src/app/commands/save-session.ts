import { texts } from '../ui/texts.ts';
import type { Command } from './command.ts';
import { saveOnnxCommand } from './save-onnx.ts';

export const saveSessionCommand: Command = {
  id: 'file.saveSession',
  title: texts.commands.saveSession,
  group: 'file',
  keys: ['Mod+Shift+S'],
  whileTyping: true,
  enabled: saveOnnxCommand.enabled,
  run: async (workbench) => (await import('./support/save-files.ts')).saveAs(workbench, 'chainrule'),
};
