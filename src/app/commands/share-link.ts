import { texts } from '../ui/texts.ts';
import type { Command } from './command.ts';
import { saveOnnxCommand } from './save-onnx.ts';

export const shareLinkCommand: Command = {
  id: 'file.shareLink',
  title: texts.commands.shareLink,
  group: 'file',
  keys: [],
  enabled: saveOnnxCommand.enabled,
  run: async (workbench) => (await import('./support/share-link.ts')).copyLink(workbench),
};
