import { useState } from 'react';
import type { Command } from '../commands/command.ts';
import { loadWeightsCommand } from '../commands/load-weights.ts';
import { newGraphCommand } from '../commands/new-graph.ts';
import { openCommand } from '../commands/open.ts';
import { saveCommand } from '../commands/save.ts';
import { saveOnnxCommand } from '../commands/save-onnx.ts';
import { saveSessionCommand } from '../commands/save-session.ts';
import { saveWeightsCommand } from '../commands/save-weights.ts';
import { saveWeightsNpzCommand } from '../commands/save-weights-npz.ts';
import { shareLinkCommand } from '../commands/share-link.ts';
import { openExample } from '../commands/support/open-example.ts';
import { useCommand } from '../commands/use-command.ts';
import { useView, useWorkbench } from '../state/context.tsx';
import type { Example } from '../state/examples.ts';
import type { ThemeChoice } from '../state/view-store.ts';
import type { MenuEntry } from '../ui/menu-entry.ts';
import { texts } from '../ui/texts.ts';

/** The entries of the File menu; the examples are listed once it is about to be opened. */
export function useFileMenu(): { readonly entries: readonly MenuEntry[]; readonly prepare: () => void } {
  const workbench = useWorkbench();
  const theme = useView((view) => view.theme);
  const [list, setList] = useState<readonly Example[]>([]);
  const prepare = (): void => {
    if (list.length === 0) void import('../state/examples.ts').then(({ listExamples }) => setList(listExamples()));
  };
  const examples = list.map(
    (example): MenuEntry => ({
      kind: 'item',
      id: example.id,
      title: example.title,
      detail: firstSentence(example.description),
      run: () => void openExample(workbench, example),
    }),
  );
  const themes = (['system', 'light', 'dark'] as const).map(
    (choice: ThemeChoice): MenuEntry => ({
      kind: 'item',
      id: choice,
      title: texts.commands.theme[choice],
      checked: theme === choice,
      run: () => workbench.look({ theme: choice }),
    }),
  );
  const entries: readonly MenuEntry[] = [
    useEntry(newGraphCommand),
    useEntry(openCommand),
    { kind: 'menu', id: 'examples', title: texts.commands.examples, entries: examples },
    { kind: 'line', id: 'line1' },
    useEntry(saveCommand),
    useEntry(saveSessionCommand),
    useEntry(shareLinkCommand),
    useEntry(saveOnnxCommand),
    useEntry(saveWeightsCommand),
    useEntry(saveWeightsNpzCommand),
    useEntry(loadWeightsCommand),
    { kind: 'line', id: 'line2' },
    { kind: 'menu', id: 'theme', title: texts.commands.theme.label, entries: themes },
  ];
  return { entries, prepare };
}

function useEntry(command: Command): MenuEntry {
  const { title, keys, enabled, run } = useCommand(command);
  return { kind: 'item', id: command.id, title, keys, disabled: !enabled, run };
}

function firstSentence(text: string): string {
  const end = text.search(/(?<!\bal)[.:](\s|$)/);
  return end < 0 ? text : text.slice(0, end);
}
