// A network of another format: read by the engine, what it leaves open asked for, shown, and arranged once its shapes are known.
import type { FileQuestion } from '../../../engine/protocol.ts';
import { hasErrors } from '../../../tensor/diagnostic.ts';
import type { FileAnswer } from '../../state/file-reading.ts';
import type { Answers } from '../../state/view-store.ts';
import type { Workbench } from '../../state/workbench.ts';
import { laterTexts } from '../../ui/later-texts.ts';
import { answered, questionField } from './file-answers.ts';
import { openSizes } from './open-sizes.ts';
import { tellDiagnostics } from './tell-diagnostics.ts';

const t = laterTexts.files;

const mostArranged = 400;

export async function openModel(workbench: Workbench, file: File): Promise<void> {
  const { link, notices, look } = workbench;
  const read = await readAsking(workbench, file);
  if (read === null) return;
  const { graph, diagnostics, weights, id } = read;
  if (graph === null) {
    const detail = tellDiagnostics(diagnostics);
    notices.add({ kind: 'error', text: t.notReadable(file.name), detail });
    return;
  }
  // One example to look at: nobody trains it yet, and a batch of a large network fills the memory.
  const single = { ...graph, training: { ...graph.training, batch: 1 } };
  const placed = graph.nodes.every((node) => node.position !== undefined);
  workbench.load(single, { faults: diagnostics, ...(weights > 0 ? { weights: id } : {}) });
  if (hasErrors(diagnostics)) {
    look({ dockOpen: true, dockTab: 'problems' });
    const count = diagnostics.filter(({ severity }) => severity === 'error').length;
    notices.add({ kind: 'warning', text: t.partly(graph.name, count) });
  }
  // Beyond, the arranger gives up: the simple order that it would leave stands already.
  if (placed || graph.nodes.length > mostArranged) return;
  const { version } = workbench.document.store.getState();
  await link.settled();
  // Meanwhile somebody may have begun to draw, or opened something else.
  if (workbench.document.store.getState().version === version) await workbench.canvas.current?.arrange();
}

/** Reads the file, and again with every answer: one may lead to another question. null: called off. */
async function readAsking({ link, ask }: Workbench, file: File): Promise<FileAnswer | null> {
  let answers: Answers = {};
  let met: readonly FileQuestion[] = [];
  for (;;) {
    const bytes = new Uint8Array(await file.arrayBuffer());
    const read = await link.openFile({ name: file.name, bytes, ...answered(met, answers) });
    if (read === null || read.graph === null) return read;
    const { graph, questions = [] } = read;
    const fields = [...openSizes(graph), ...questions.map(questionField)].filter(
      ({ id }) => !Object.hasOwn(answers, id),
    );
    if (fields.length === 0) return read;
    const given = await ask({ kind: 'file', name: file.name, fields });
    if (given === null) return null;
    answers = { ...answers, ...given };
    met = [...met, ...questions];
  }
}
