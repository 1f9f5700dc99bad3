// Edits of the run's numbers: entries of the undo stack beside those of the graph. The engine takes them back; here is only which.
import type { Diagnostic } from '../../tensor/diagnostic.ts';
import { debuggerTexts } from '../ui/debugger-texts.ts';
import type { RunEdit } from './document-store.ts';
import type { Workbench } from './workbench.ts';

const t = debuggerTexts.history;

/** Writes, and notes it where the engine can take it back. @returns what was wrong with a file, [] with none; null: nobody answered */
export async function editRun(
  { link, session, document }: Pick<Workbench, 'link' | 'session' | 'document'>,
  change: RunEdit['change'],
): Promise<readonly Diagnostic[] | null> {
  const made = () => session.getState().session?.edits ?? 0;
  const before = made();
  const found = await write(link, change);
  const count = made();
  if (count > before) document.noteRunEdit(labelOf(change), { change, count });
  return found;
}

export function takeBack({ link }: Pick<Workbench, 'link'>, { count }: RunEdit): Promise<void> {
  return link.move((api) => api.takeBack(count));
}

export async function doAgain({ link }: Pick<Workbench, 'link'>, { change }: RunEdit): Promise<void> {
  await write(link, change);
}

function labelOf(change: RunEdit['change']): string {
  if (change.kind === 'rate') return t.editRate;
  return change.kind === 'weights' ? t.editWeights(change.file.name) : t.editNumbers(change.name);
}

async function write(link: Workbench['link'], change: RunEdit['change']): Promise<readonly Diagnostic[] | null> {
  if (change.kind === 'weights') {
    const { file } = change;
    const bytes = new Uint8Array(await file.arrayBuffer());
    const answer: { found: readonly Diagnostic[] | null } = { found: null };
    await link.move(async (api) => {
      answer.found = await api.loadWeights(bytes, file.name);
      return api.session();
    });
    return answer.found;
  }
  await link.move((api) =>
    change.kind === 'rate' ? api.setLearningRate(change.rate) : api.setElements(change.name, change.changes),
  );
  return [];
}
