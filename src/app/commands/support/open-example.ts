import type { Example } from '../../state/examples.ts';
import type { Workbench } from '../../state/workbench.ts';
import { texts } from '../../ui/texts.ts';

/** Loads an example and shows it in place of the graph on the page. */
export async function openExample(workbench: Workbench, example: Example): Promise<void> {
  let text: string;
  try {
    text = await example.load();
  } catch {
    workbench.notices.add({ kind: 'error', text: texts.files.exampleFailed });
    return;
  }
  (await import('./files.ts')).openGraphText(workbench, text, example.title);
}
