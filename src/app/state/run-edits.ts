// Edits of the run's numbers: entries of the undo stack beside those of the graph. The engine takes them back; here is only which.
import { debuggerTexts } from '../ui/debugger-texts.ts';
import type { RunEdit } from './document-store.ts';
import type { Workbench } from './workbench.ts';

const t = debuggerTexts.history;

/** Writes, and notes it where the engine can take it back. */
export async function editRun(
  { link, session, document }: Pick<Workbench, 'link' | 'session' | 'document'>,
  change: RunEdit['change'],
): Promise<void> {
  const made = () => session.getState().session?.edits ?? 0;
  const before = made();
  await write(link, change);
  const count = made();
  if (count > before)
    document.noteRunEdit(change.kind === 'rate' ? t.editRate : t.editNumbers(change.name), { change, count });
}

export function takeBack({ link }: Pick<Workbench, 'link'>, { count }: RunEdit): Promise<void> {
  return link.move((api) => api.takeBack(count));
}

export function doAgain({ link }: Pick<Workbench, 'link'>, { change }: RunEdit): Promise<void> {
  return write(link, change);
}

function write(link: Workbench['link'], change: RunEdit['change']): Promise<void> {
  return link.move((api) =>
    change.kind === 'rate' ? api.setLearningRate(change.rate) : api.setElements(change.name, change.changes),
  );
}
