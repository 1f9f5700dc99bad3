import { texts } from '../ui/texts.ts';
import type { Command } from './command.ts';

export const saveOnnxCommand: Command = {
  id: 'file.saveOnnx',
  title: texts.commands.saveOnnx,
  group: 'file',
  keys: [],
  enabled: ({ session }) => session.getState().report?.runnable === true,
  run: async (workbench) => (await import('./support/save-files.ts')).saveAs(workbench, 'onnx'),
};
