// Edits of the run's numbers: entries of the undo stack beside those of the graph. The engine takes them back; here is only which.
import type { EngineApi, SessionState } from '../../engine/protocol.ts';
import type { Diagnostic } from '../../tensor/diagnostic.ts';
import { debuggerTexts } from '../ui/debugger-texts.ts';
import type { RunEdit } from './document-store.ts';
import type { Workbench } from './workbench.ts';

type Page = Pick<Workbench, 'link' | 'document' | 'notices'>;

interface Written {
  /** What was wrong with a file. */
  readonly found: readonly Diagnostic[];
  /** Of the edit; undefined: nothing was written. */
  readonly count: number | undefined;
}

const t = debuggerTexts.history;

/** Writes, and notes it where the engine can take it back. @returns what was wrong with a file, [] with none; null: nobody answered */
export async function editRun(
  { link, document }: Pick<Workbench, 'link' | 'document'>,
  change: RunEdit['change'],
): Promise<readonly Diagnostic[] | null> {
  const written = await write(link, change);
  if (written?.count !== undefined) document.noteRunEdit(labelOf(change), { change, count: written.count });
  return written?.found ?? null;
}

/** What cannot be taken back is told, and is not among what can be undone any more. */
export async function takeBack({ link, document, notices }: Page, edit: RunEdit): Promise<void> {
  const answer = await moved(link, async (api) => {
    const { state, done } = await api.takeBack(edit.count);
    return [state, done];
  });
  // It stands as it stood: what was taken from the undo stack goes back to it.
  if (answer === 'called off' && document.store.getState().history.redo.at(-1)?.beside === edit) document.redo();
  if (answer !== false) return;
  document.amendRunEdit(edit, null);
  notices.add({ kind: 'warning', text: t.notTakenBack(labelOf(edit.change)), detail: t.notTakenBackDetail });
}

export async function doAgain({ link, document, notices }: Page, edit: RunEdit): Promise<void> {
  const written = await write(link, edit.change);
  if (written === null) return;
  const { count } = written;
  document.amendRunEdit(edit, count === undefined ? null : { ...edit, count });
  if (count !== undefined) return;
  notices.add({ kind: 'warning', text: t.notDoneAgain(labelOf(edit.change)), detail: t.notDoneAgainDetail });
}

function labelOf(change: RunEdit['change']): string {
  if (change.kind === 'rate') return t.editRate;
  return change.kind === 'weights' ? t.editWeights(change.file.name) : t.editNumbers(change.name);
}

/** null: nobody answered. */
async function write(link: Workbench['link'], change: RunEdit['change']): Promise<Written | null> {
  const bytes = change.kind === 'weights' ? new Uint8Array(await change.file.arrayBuffer()) : null;
  return moved(link, async (api) => {
    const { edits: before = 0 } = await api.session();
    const [state, found] = await writing(api, change, bytes);
    const { edits: after = 0 } = state;
    return [state, { found, count: after > before ? after : undefined }];
  });
}

async function writing(
  api: EngineApi,
  change: RunEdit['change'],
  bytes: Uint8Array<ArrayBuffer> | null,
): Promise<readonly [SessionState, readonly Diagnostic[]]> {
  if (change.kind === 'rate') return [await api.setLearningRate(change.rate), []];
  if (change.kind === 'elements') return [await api.setElements(change.name, change.changes), []];
  const found = bytes ? await api.loadWeights(bytes, change.file.name) : [];
  return [await api.session(), found];
}

/** Moves the run, and what was learned from it whether or not the page has gone on meanwhile; null: nobody answered. */
async function moved<T>(
  link: Workbench['link'],
  question: (api: EngineApi) => Promise<readonly [SessionState, T]>,
): Promise<T | null> {
  const learned: { of: T | null } = { of: null };
  await link.move(async (api) => {
    const [state, answer] = await question(api);
    learned.of = answer;
    return state;
  });
  return learned.of;
}
