// Everything behind one page, made in one place and passed by context: two workbenches may live side by side. Stores hold the
// data; the functions here are what commands and components call.
import type { EngineApi } from '../../engine/protocol.ts';
import type { Draft } from '../../graph/edit.ts';
import type { GraphFile } from '../../graph/schema.ts';
import { pathsInside } from '../../language/paths-inside.ts';
import { findOperator } from '../../operators/catalogue.ts';
import { texts } from '../ui/texts.ts';
import type { DocumentKeeper, KeptDocument } from './autosave.ts';
import type { CanvasSlot } from './canvas-port.ts';
import { createDocumentStore, type DocumentStore, type LoadOptions } from './document-store.ts';
import { emptyGraph } from './empty-graph.ts';
import { createEngineLink, type EngineLink } from './engine-link.ts';
import type { CreateEngineClient } from './engine-port.ts';
import { createExpansionStore, type ExpansionStore } from './expansion-store.ts';
import { createNotices, type Notices } from './notices.ts';
import { openScope, type ScopeGraph } from './scope-graph.ts';
import { createSessionStore, type SessionStore, withAncestors } from './session-store.ts';
import { followTheme, resolveTheme } from './theme.ts';
import {
  type Answers,
  createViewStore,
  instancePath,
  keptView,
  type Question,
  readKeptView,
  type ScopeStep,
  scopePath,
  type ViewData,
  type ViewStore,
} from './view-store.ts';
import { nodeOfName, type Place, type Walk, walkTo } from './walk.ts';
import type { WeightKeeper } from './weight-keeper.ts';
import { createWeightSaver } from './weight-saver.ts';

export interface Workbench {
  readonly document: DocumentStore;
  readonly session: SessionStore;
  readonly view: ViewStore;
  readonly notices: Notices;
  readonly link: EngineLink;
  readonly expansions: ExpansionStore;
  /** Filled by the canvas while it is on screen. */
  readonly canvas: CanvasSlot;
  /** A copy that is on its way to the clipboard. */
  readonly copying: { done: Promise<boolean> | null };
  /** What stands on the canvas; null for a moment while an expansion is being fetched. */
  scope(): ScopeGraph | null;
  /** One undo entry. */
  edit<T>(label: string, change: (draft: Draft) => T, merge?: string): T;
  /** Changes what is looked at. */
  look(change: Partial<ViewData>): void;
  /** Goes inside a node of the scope, if there is an inside. */
  enter(node: string): Promise<void>;
  /** One level out, with the node that was inside selected. */
  leave(): void;
  /** Shows a node wherever it stands and selects it. */
  reveal(path: string): Promise<void>;
  /** Asks beside the canvas where a number comes from, or why a gradient has its size; goes on from the one looked at. */
  explain(to: Place, question?: Walk['question']): void;
  /** Puts that away. */
  endWalk(): void;
  /** Another graph on the page. */
  load(graph: GraphFile, options?: LoadOptions & { readonly view?: unknown }): void;
  /** Puts a question before the page; null: it was not answered. */
  ask(question: Question): Promise<Answers | null>;
  dispose(): void;
}

export interface WorkbenchOptions {
  /** Without one the page starts empty, with the engine waiting for the first `load`. */
  readonly graph?: GraphFile;
  readonly createClient: CreateEngineClient;
  readonly keeper?: DocumentKeeper;
  readonly weightKeeper?: WeightKeeper;
  /** Fields of the view that all graphs share. */
  readonly browserStorage?: Pick<Storage, 'getItem' | 'setItem'>;
  readonly debounceMs?: number;
  readonly autosaveMs?: number;
}

const viewKey = 'chainrule.view';

/** What decides on which operators are opened. */
const insideFields = ['scope', 'breakpoints', 'watches', 'walk'] as const;

export function createWorkbench(options: WorkbenchOptions): Workbench {
  const { browserStorage } = options;
  const document = createDocumentStore(options.graph ?? emptyGraph());
  const session = createSessionStore();
  const view = createViewStore(readKeptView(parsed(browserStorage?.getItem(viewKey)), 'browser'));
  const notices = createNotices();
  const expansions = createExpansionStore();
  const canvas: CanvasSlot = { current: null };
  const link = createEngineLink({
    createClient: options.createClient,
    graph: () => {
      const { graph, id, weights } = document.store.getState();
      return { graph, expand: openedPaths(view.getState()), document: id, weights };
    },
    kept: async (id) => options.weightKeeper?.recall(id),
    theme: () => resolveTheme(view.getState().theme),
    session,
    view,
    notices,
    ...(options.debounceMs === undefined ? {} : { debounceMs: options.debounceMs }),
  });

  const { weightKeeper } = options;
  const saver = weightKeeper && createWeightSaver({ link, session, notices, keeper: weightKeeper });
  let saveTimer: ReturnType<typeof setTimeout> | undefined;
  let keptVersion = document.store.getState().version;
  const toKeep = (): KeptDocument => {
    const { id, graph, faults, model } = document.store.getState();
    return { id, graph, faults, model, view: keptView(view.getState(), 'document'), savedAt: Date.now() };
  };
  const save = async (): Promise<void> => {
    clearTimeout(saveTimer);
    saveTimer = undefined;
    const { version } = document.store.getState();
    try {
      await options.keeper?.keep(toKeep());
      keptVersion = version;
      await saver?.flush();
      if (document.store.getState().version === version) document.store.setState({ saved: 'saved' });
    } catch {
      if (document.store.getState().saved !== 'failed')
        notices.add({ kind: 'warning', text: texts.files.storageFailed });
      document.store.setState({ saved: 'failed' });
    }
  };
  const saveSoon = (): void => {
    clearTimeout(saveTimer);
    saveTimer = setTimeout(() => void save(), options.autosaveMs ?? 1000);
  };
  /** Also while an earlier save is on its way: it may not arrive. */
  const saveNow = (): void => {
    if (saveTimer === undefined && keptVersion === document.store.getState().version) return;
    clearTimeout(saveTimer);
    saveTimer = undefined;
    options.keeper?.keepAtOnce(toKeep());
  };
  globalThis.addEventListener?.('pagehide', saveNow);

  const stops = [
    document.onChange(({ plan, another }) => {
      saveSoon();
      pruneView();
      if (plan) link.graphChanged(another);
    }),
    view.subscribe((state, before) => {
      const browser = keptView(state, 'browser');
      if (Object.entries(browser).some(([key, value]) => before[key as keyof ViewData] !== value)) {
        try {
          browserStorage?.setItem(viewKey, JSON.stringify(browser));
        } catch {
          // Storage is full or refused: the panels forget their sizes, nothing else.
        }
      }
      const own = keptView(state, 'document');
      if (Object.entries(own).some(([key, value]) => before[key as keyof ViewData] !== value)) saveSoon();
      const same = insideFields.every((field) => state[field] === before[field]);
      if (!same && openedPaths(state).join() !== openedPaths(before).join()) link.graphChanged();
    }),
    followTheme(view, () => link.refresh()),
    session.subscribe((state, before) => {
      if (state.report !== before.report) void refreshExpansions();
    }),
  ];
  if (options.graph !== undefined) link.graphChanged();

  /** Paths, without time steps, of the operators that are opened: stepped inside, walked in once they were, or asked inside. */
  function openedPaths({ scope, breakpoints, watches, walk }: ViewData): readonly string[] {
    const known = expansions.store.getState();
    const nodes = session.getState().report?.nodes;
    const walked = (walk?.places ?? [])
      .flatMap(({ name }) => withAncestors(withoutTimes(nodeOfName(name))).slice(1))
      .filter((path) => Object.hasOwn(known, path));
    // Blocks are open anyway; what nobody knows yet the compiler knows.
    const asked = pathsInside([...breakpoints, ...watches]).filter((path) => nodes?.[path]?.expandable !== false);
    return [...new Set([...expandPaths(scope), ...walked, ...asked])].sort();
  }

  function scopeNow(): ScopeGraph | null {
    return openScope(document.store.getState().graph, view.getState().scope, expansions.store.getState());
  }

  /** Selection and breadcrumb must not name what is gone. */
  function pruneView(): void {
    const before = view.getState().scope;
    while (scopeNow() === null) look({ scope: view.getState().scope.slice(0, -1) });
    const { scope, selection, selectedEdges, selectedNotes } = view.getState();
    if (scope !== before) look({ selection: [], selectedEdges: [], selectedNotes: [] });
    const here = scopeNow();
    const nodes = selection.filter((id) => here?.nodes.some((node) => node.id === id));
    const edges = selectedEdges.filter((id) => here?.edges.some(({ from, to }) => `${from}>${to}` === id));
    if (nodes.length < selection.length) look({ selection: nodes });
    if (edges.length < selectedEdges.length) look({ selectedEdges: edges });
    const notes = selectedNotes.filter((id) => here?.notes.some((note) => note.id === id));
    if (notes.length < selectedNotes.length) look({ selectedNotes: notes });
  }

  function look(change: Partial<ViewData>): void {
    // Nodes and wires chosen anew let go of notes.
    const anew = change.selection !== undefined && change.selectedEdges !== undefined;
    view.setState(anew ? { selectedNotes: [], ...change } : change);
  }

  async function refreshExpansions(): Promise<void> {
    for (const path of expandPaths(view.getState().scope)) {
      const expansion = await link.ask((api: EngineApi) => api.expansion(path));
      if (expansion !== null) expansions.put(path, expansion);
    }
  }

  async function enter(id: string): Promise<void> {
    const { scope } = view.getState();
    const path = instancePath(scope, id);
    const facts = session.getState().report?.nodes[path];
    const op = scopeNow()?.nodes.find((node) => node.id === id)?.op;
    let step: ScopeStep | null = null;
    if (op === 'block') step = { node: id, kind: 'block' };
    else if (op === 'recurrence') step = { node: id, kind: 'recurrence', time: lastTime(path) };
    else if (facts?.expandable ?? findOperator(op ?? '')?.expandable) {
      const expansion = await link.ask((api) => api.expansion(path));
      if (expansion === null) return;
      expansions.put(withoutTimes(path), expansion);
      step = { node: id, kind: 'expansion' };
    }
    if (step !== null && view.getState().scope === scope) {
      look({ scope: [...scope, step], selection: [], selectedEdges: [] });
    }
  }

  /** A step of the recurrence that is worth looking at: where the run stands, or the first. */
  function lastTime(path: string): number {
    const { report, session: state } = session.getState();
    const next = report?.steps[state?.cursor ?? 0]?.node;
    const found = next?.startsWith(`${path}[`) ? /^\[(\d+)\]/.exec(next.slice(path.length)) : null;
    return found === null || found === undefined ? 0 : Number(found[1]);
  }

  return {
    document,
    session,
    view,
    notices,
    link,
    expansions,
    canvas,
    copying: { done: null },
    scope: scopeNow,
    edit: document.edit,
    look,
    enter,
    leave() {
      const { scope } = view.getState();
      const last = scope.at(-1);
      if (last) look({ scope: scope.slice(0, -1), selection: [last.node], selectedEdges: [] });
    },
    async reveal(path) {
      const steps = path.split('/');
      const id = steps.pop() as string;
      look({ scope: [], selection: [], selectedEdges: [] });
      for (const each of steps) {
        const [, node, time] = /^(\w+)(?:\[(\d+)\])?$/.exec(each) ?? [];
        const depth = view.getState().scope.length;
        if (node !== undefined) await enter(node);
        const { scope } = view.getState();
        if (scope.length === depth) break;
        if (time !== undefined) {
          look({ scope: scope.map((step, i) => (i === depth ? { ...step, time: Number(time) } : step)) });
        }
      }
      const bare = id.replace(/\[\d+\]$/, '');
      look({ selection: [bare] });
      canvas.current?.zoomTo([bare]);
    },
    explain(to, question = 'number') {
      const { walk, inspectorOpen } = view.getState();
      const from = walk ?? { places: [], at: -1, question, front: true, opened: !inspectorOpen };
      look({ overlay: null, inspectorOpen: true, walk: { ...walkTo(from, to), question } });
    },
    endWalk() {
      const { walk, inspectorOpen } = view.getState();
      look({ walk: null, inspectorOpen: inspectorOpen && walk?.opened !== true });
    },
    load(graph, { view: kept, ...more } = {}) {
      // What could not be opened before does not matter any more; the page's first graph takes nothing's place.
      if (document.store.getState().version > 0) {
        for (const { id, kind } of notices.store.getState().list) if (kind === 'error') notices.dismiss(id);
      }
      look({
        selection: [],
        selectedEdges: [],
        scope: [],
        overlay: null,
        walk: null,
        cameras: {},
        breakpoints: [],
        watches: [],
        stood: [],
        canvasOverlay: '',
        example: 0,
        classIndex: null,
        ...readKeptView(kept, 'document'),
      });
      session.setState({
        curves: [],
        training: null,
        summaries: {},
        report: null,
        session: null,
        problems: [],
        overlayFacts: {},
        log: [],
        watches: null,
      });
      expansions.clear();
      document.load(graph, more);
    },
    ask: (question) =>
      new Promise((resolve) => {
        view.getState().question?.answer(null);
        const answer = (given: Answers | null): void => {
          look({ question: null });
          resolve(given);
        };
        look({ question: { ...question, answer } });
      }),
    dispose() {
      saveNow();
      globalThis.removeEventListener?.('pagehide', saveNow);
      clearTimeout(saveTimer);
      for (const stop of stops) stop();
      saver?.dispose();
      link.dispose();
    },
  };
}

/** Paths, without time steps, of the operators that are stepped inside. */
function expandPaths(scope: readonly ScopeStep[]): readonly string[] {
  return scope.flatMap(({ kind }, i) => (kind === 'expansion' ? [withoutTimes(scopePath(scope.slice(0, i + 1)))] : []));
}

function withoutTimes(path: string): string {
  return path.replace(/\[\d+\]/g, '');
}

function parsed(text: string | null | undefined): unknown {
  try {
    return text ? JSON.parse(text) : undefined;
  } catch {
    return undefined;
  }
}
