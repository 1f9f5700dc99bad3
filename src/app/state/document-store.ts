// The document and its history. Changed only by `edit`; undo is a stack of diffs and of nothing else. Loading another graph
// replaces everything and is not undoable.
import { createStore, type StoreApi } from 'zustand/vanilla';
import { documentFromGraph, type GraphDocument, graphFromDocument } from '../../graph/document.ts';
import { applyDiff, type Diff, type Draft, edit, isEmptyDiff } from '../../graph/edit.ts';
import {
  amendBeside,
  beginGesture,
  cancelGesture,
  emptyHistory,
  endGesture,
  type History,
  type HistoryStep,
  recordBeside,
  recordEdit,
  redo,
  undo,
} from '../../graph/history.ts';
import type { GraphFile } from '../../graph/schema.ts';
import type { Diagnostic } from '../../tensor/diagnostic.ts';
import { changesPlan } from './changes-plan.ts';

export interface DocumentData {
  /** Names the document in the browser's storage. */
  readonly id: string;
  readonly document: GraphDocument;
  /** The same as a file; derived. */
  readonly graph: GraphFile;
  readonly history: History;
  /** Rises with every change. */
  readonly version: number;
  readonly saved: 'saved' | 'saving' | 'failed';
  /** What was wrong with the file when it was read. */
  readonly faults: readonly Diagnostic[];
  /** The file whose tensors the engine holds for it. */
  readonly weights: number | undefined;
  /** Its numbers came with a file. */
  readonly model: boolean;
}

/** What was written to the run rather than to the graph. */
export interface RunEdit {
  readonly change:
    | {
        readonly kind: 'elements';
        readonly name: string;
        readonly changes: readonly { readonly index: number; readonly value: number }[];
      }
    | { readonly kind: 'rate'; readonly rate: number }
    /** Of parameters, from a file. */
    | { readonly kind: 'weights'; readonly file: File };
  /** How many edits of the run could be taken back behind it. */
  readonly count: number;
}

export interface DocumentChange {
  /** Whether the engine must know. */
  readonly plan: boolean;
  /** Another graph was loaded. */
  readonly another: boolean;
}

export interface LoadOptions {
  readonly id?: string;
  readonly faults?: readonly Diagnostic[];
  readonly weights?: number | undefined;
  /** Default: whether there are weights. */
  readonly model?: boolean;
  /** It comes from where it is kept. */
  readonly saved?: boolean;
}

export interface DocumentStore {
  readonly store: StoreApi<DocumentData>;
  /** Runs an edit as one undo entry (or part of the open gesture) and returns what it returns. */
  edit<T>(label: string, change: (draft: Draft) => T, merge?: string): T;
  /** Notes an edit of the run's numbers among those of the graph, so that they are undone in their order. */
  noteRunEdit(label: string, edit: RunEdit): void;
  /** Of those: `next` stands for `edit` from now on; null: it is neither undone nor done again any more. */
  amendRunEdit(edit: RunEdit, next: RunEdit | null): void;
  /** Answers what is to be taken back in the run, if it is that. */
  undo(): RunEdit | null;
  /** Answers what is to be done again in the run, if it is that. */
  redo(): RunEdit | null;
  /** Everything until the end becomes one entry. */
  beginGesture(label: string): void;
  endGesture(): void;
  cancelGesture(): void;
  /** Another graph takes the place of this one. */
  load(graph: GraphFile, options?: LoadOptions): void;
  /** Called after every change. */
  onChange(listener: (change: DocumentChange) => void): () => void;
}

export function createDocumentStore(graph: GraphFile): DocumentStore {
  const store = createStore<DocumentData>(() => loaded(graph, newId(), {}));
  const listeners = new Set<(change: DocumentChange) => void>();
  const tell = (change: DocumentChange): void => {
    for (const listener of listeners) listener(change);
  };

  function put(document: GraphDocument, history: History, diff: Diff): void {
    const before = store.getState();
    if (isEmptyDiff(diff)) {
      store.setState({ history });
      return;
    }
    store.setState({
      document,
      graph: graphFromDocument(document),
      history,
      version: before.version + 1,
      saved: 'saving',
    });
    tell({ plan: changesPlan(diff), another: false });
  }

  function apply(step: HistoryStep | null): RunEdit | null {
    if (step === null) return null;
    put(applyDiff(store.getState().document, step.diff), step.history, step.diff);
    return (step.beside as RunEdit | undefined) ?? null;
  }

  return {
    store,
    edit(label, change, merge) {
      const { document, history } = store.getState();
      const edited = edit(document, change);
      put(edited.document, recordEdit(history, label, edited.diff, merge), edited.diff);
      return edited.result;
    },
    noteRunEdit: (label, noted) => store.setState({ history: recordBeside(store.getState().history, label, noted) }),
    amendRunEdit: (noted, next) =>
      store.setState({ history: amendBeside(store.getState().history, noted, next ?? undefined) }),
    undo: () => apply(undo(store.getState().history)),
    redo: () => apply(redo(store.getState().history)),
    beginGesture: (label) => store.setState({ history: beginGesture(store.getState().history, label) }),
    endGesture: () => store.setState({ history: endGesture(store.getState().history) }),
    cancelGesture: () => void apply(cancelGesture(store.getState().history)),
    load(next, { id = newId(), saved = false, ...options } = {}) {
      store.setState({ ...loaded(next, id, { ...options, saved }), version: store.getState().version + 1 });
      tell({ plan: true, another: true });
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function loaded(graph: GraphFile, id: string, options: LoadOptions): DocumentData {
  const { faults = [], weights, model = weights !== undefined, saved = true } = options;
  const document = documentFromGraph(graph);
  const state = saved ? 'saved' : 'saving';
  return { id, document, graph, history: emptyHistory(), version: 0, saved: state, faults, weights, model };
}

function newId(): string {
  return crypto.randomUUID();
}
