// Files of other formats: their graphs for the page, their tensors kept until the graph is opened. Readers come with the
// first file. Reading is one long task: what the page wants meanwhile is heard through shared memory, where there is some.

import type { SessionContent } from '../../formats/session/session-file.ts';
import { type Diagnostic, note } from '../../tensor/diagnostic.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { FileRequest, OpenedFile } from '../protocol.ts';

/** What a file holds besides its graph. */
export type Contents =
  | { readonly kind: 'weights'; readonly tensors: ReadonlyMap<string, Tensor> }
  | { readonly kind: 'session'; readonly session: SessionContent };

export interface OpenFiles {
  read(request: FileRequest, progress: (share: number) => void): Promise<OpenedFile>;
  /** Handed out once. */
  take(id: number): Contents | null;
}

/** Signs of progress are at least this far apart. */
const progressMs = 50;

/** Ends a reading from within its sign of progress. */
class CalledOff extends Error {}

/** Holds what was read last until a graph takes it. */
export function createOpenFiles(): OpenFiles {
  let waiting: { readonly id: number; readonly contents: Contents } | null = null;
  return {
    async read({ id, name, bytes, cancel, ...answers }, progress) {
      waiting = null;
      let last = 0;
      const tell = (share: number): void => {
        if (cancel && Atomics.load(cancel, 0) === 1) throw new CalledOff();
        const now = performance.now();
        if (now - last < progressMs) return;
        last = now;
        progress(share);
      };
      const { isZip } = await import('../../formats/zip/read-zip.ts');
      if (isZip(bytes) || /\.chainrule$/i.test(name)) {
        const { readSession } = await import('../../formats/session/read-session.ts');
        const { session, diagnostics } = readSession(bytes, name);
        if (session === null) return failed(...diagnostics);
        waiting = { id, contents: { kind: 'session', session } };
        const { graph, settings, numbers } = session;
        return { graph, diagnostics, weights: numbers?.size ?? 0, session: settings };
      }
      try {
        const { readOnnx } = await import('../../formats/onnx/read-onnx.ts');
        const options = { ...answers, progress: tell, name: stemOf(name) };
        const reading = readOnnx(bytes, options);
        const { graph, weights, diagnostics } = reading;
        if (graph !== null) waiting = { id, contents: { kind: 'weights', tensors: weights } };
        const opened = { graph, diagnostics, weights: weights.size };
        if (reading.toFix.length + reading.toShape.length === 0) return opened;
        const { fileQuestions } = await import('./file-questions.ts');
        const again = (fix: ReadonlyMap<string, Tensor>) =>
          readOnnx(bytes, { ...options, fix: new Map([...(answers.fix ?? []), ...fix]) });
        return { ...opened, questions: fileQuestions(reading, bytes.length, again) };
      } catch (reason) {
        if (!(reason instanceof CalledOff)) throw reason;
        return failed(note('I_CALLED_OFF', `the reading of ${name} was called off`));
      }
    },
    take(id) {
      const contents = waiting?.id === id ? waiting.contents : null;
      if (contents !== null) waiting = null;
      return contents;
    },
  };
}

function failed(...diagnostics: readonly Diagnostic[]): OpenedFile {
  return { graph: null, diagnostics, weights: 0 };
}

function stemOf(name: string): string {
  return name.replace(/\.[^.]*$/, '');
}
