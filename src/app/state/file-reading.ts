// Files of other formats on their way through the engine: one at a time, with progress, called off by hand or by the next one.
import type { EngineApi, FileRequest, OpenedFile } from '../../engine/protocol.ts';
import type { SessionStore } from './session-store.ts';

export type FileAnswer = OpenedFile & { readonly id: number };

export interface FileReading {
  /** Null when it was called off, or when there is no engine. */
  open(file: Omit<FileRequest, 'id' | 'cancel'>): Promise<FileAnswer | null>;
  cancel(): void;
  isReading(file: number): boolean;
  /** The step at which the session of that file stands; told once, and of the last file only. */
  takeArrival(file: number | undefined): number | null;
}

export function createFileReading(
  session: SessionStore,
  ask: <T>(question: (api: EngineApi) => Promise<T>) => Promise<T | null>,
): FileReading {
  let last = 0;
  let arriving: { readonly file: number; readonly step: number } | null = null;
  let callOff: () => void = () => undefined;
  return {
    async open(file) {
      callOff();
      last += 1;
      const id = last;
      // While it reads, the worker hears nothing but what stands in memory that both see.
      const cancel = globalThis.crossOriginIsolated === true ? new Int32Array(new SharedArrayBuffer(4)) : undefined;
      session.setState({ reading: { name: file.name, share: 0 } });
      const calledOff = new Promise<null>((resolve) => {
        callOff = () => {
          if (cancel) Atomics.store(cancel, 0, 1);
          resolve(null);
        };
      });
      const answer = await Promise.race([
        ask((api) => api.openFile({ id, ...file, ...(cancel ? { cancel } : {}) })),
        calledOff,
      ]);
      if (id === last) session.setState({ reading: null });
      if (answer?.session) arriving = { file: id, step: answer.session.position.step };
      return answer && { ...answer, id };
    },
    cancel: () => callOff(),
    isReading: (file) => file === last,
    takeArrival(file) {
      const step = arriving !== null && arriving.file === file ? arriving.step : null;
      arriving = null;
      return step;
    },
  };
}
