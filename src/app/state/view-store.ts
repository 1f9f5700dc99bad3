// How one person looks at a graph: never in the file, never undoable. What is kept where stands in one exhaustive table.
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Breakpoint, WatchSetting } from '../../engine/protocol/halts.ts';
import type { Walk } from './walk.ts';

export type ThemeChoice = 'system' | 'light' | 'dark';
export type CodeLanguageId = 'json' | 'formulas';
/** What stands beside the debugger's list of steps. */
export type DebuggerSide = 'breakpoints' | 'watches' | 'log' | 'history';
export type DockTab = 'debugger' | 'training' | 'plan' | 'code' | 'problems';

/** One level of the breadcrumb: a block, one time step of a recurrence, or an operator shown as it computes. */
export interface ScopeStep {
  readonly node: string;
  readonly kind: 'block' | 'recurrence' | 'expansion';
  /** Of a recurrence: which time step is looked at. */
  readonly time?: number;
  /** Of a recurrence: its time steps, so many, stand beside one another instead. */
  readonly unfolded?: number;
  /** The first of them on the canvas where not all find room. */
  readonly first?: number;
}

export interface Camera {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

/** What stands before the page: at most one. */
export type Overlay =
  | { readonly kind: 'commands' }
  | { readonly kind: 'find' }
  /** Search-to-add at a place of the canvas; `from` is the wire's other end when one was dropped. */
  | {
      readonly kind: 'add';
      readonly at: readonly [x: number, y: number];
      readonly from?: { readonly node: string; readonly port: string; readonly side: 'input' | 'output' };
    }
  /** Connecting by keyboard. */
  | { readonly kind: 'connect'; readonly node: string }
  /** What can be done with the selection, or with the place of the canvas; at a point of the window, or beside the selection. */
  | { readonly kind: 'menu'; readonly at: readonly [x: number, y: number] | null }
  /** A note that is being written. */
  | { readonly kind: 'note'; readonly id: string }
  /** A value at full size. */
  | { readonly kind: 'viewer'; readonly value: string }
  | { readonly kind: 'saliency'; readonly input: string }
  /** Of a node, a block or (null) the whole graph. */
  | { readonly kind: 'gradient_check'; readonly path: string | null }
  /** Back to the first time that something held. */
  | { readonly kind: 'first_time' };

/** What the page must be told before it can go on. */
export interface Question {
  readonly kind: 'file';
  /** Of the file. */
  readonly name: string;
  readonly fields: readonly QuestionField[];
}

export interface QuestionField {
  readonly id: string;
  readonly label: string;
  readonly hint: string;
  /** JSON Schema of the answer. */
  readonly schema: Readonly<Record<string, unknown>>;
  readonly suggestion: unknown;
  /** May be left empty. */
  readonly optional?: true;
}

/** By the fields' ids; undefined: left open. */
export type Answers = Readonly<Record<string, unknown>>;

export interface ViewData {
  readonly theme: ThemeChoice;
  readonly paletteOpen: boolean;
  readonly paletteWidth: number;
  readonly inspectorOpen: boolean;
  readonly inspectorWidth: number;
  readonly dockOpen: boolean;
  readonly dockHeight: number;
  readonly dockTab: DockTab;
  readonly codeLanguage: CodeLanguageId;
  readonly minimap: boolean;
  readonly legend: boolean;
  /** Ids within the scope. */
  readonly selection: readonly string[];
  /** `from>to` of wires within the scope. */
  readonly selectedEdges: readonly string[];
  /** Ids of notes within the scope. */
  readonly selectedNotes: readonly string[];
  readonly scope: readonly ScopeStep[];
  /** Scope key → camera. */
  readonly cameras: Readonly<Record<string, Camera>>;
  readonly breakpoints: readonly Breakpoint[];
  readonly watches: readonly WatchSetting[];
  /** Where the run was left in its iteration: steps executed, of how many. Empty: forward and backward are done, as at the start. */
  readonly stood: readonly number[];
  readonly debuggerSide: DebuggerSide;
  /** Id of the breakpoint whose settings are open. */
  readonly editedBreakpoint: string;
  /** Id of the overlay on the canvas; '' : none. */
  readonly canvasOverlay: string;
  /** Which example of the batch is pictured. */
  readonly example: number;
  /** Class whose score is asked about; null takes the label. */
  readonly classIndex: number | null;
  readonly overlay: Overlay | null;
  /** Numbers that are being explained beside the canvas. */
  readonly walk: Walk | null;
  readonly question: (Question & { readonly answer: (given: Answers | null) => void }) | null;
}

/** browser: for all graphs; document: with this graph, in the browser; memory: until reload. */
export type Keeping = 'browser' | 'document' | 'memory';

export const viewKeeping: { readonly [K in keyof ViewData]: Keeping } = {
  theme: 'browser',
  paletteOpen: 'browser',
  paletteWidth: 'browser',
  inspectorOpen: 'browser',
  inspectorWidth: 'browser',
  dockOpen: 'browser',
  dockHeight: 'browser',
  dockTab: 'browser',
  codeLanguage: 'browser',
  minimap: 'browser',
  legend: 'browser',
  selection: 'memory',
  selectedEdges: 'memory',
  selectedNotes: 'memory',
  scope: 'memory',
  cameras: 'document',
  breakpoints: 'document',
  watches: 'document',
  stood: 'document',
  debuggerSide: 'browser',
  editedBreakpoint: 'memory',
  canvasOverlay: 'document',
  example: 'document',
  classIndex: 'document',
  overlay: 'memory',
  walk: 'memory',
  question: 'memory',
};

export const defaultView: ViewData = {
  theme: 'system',
  paletteOpen: true,
  paletteWidth: 212,
  inspectorOpen: true,
  inspectorWidth: 320,
  dockOpen: true,
  dockHeight: 232,
  dockTab: 'debugger',
  codeLanguage: 'json',
  minimap: true,
  legend: true,
  selection: [],
  selectedEdges: [],
  selectedNotes: [],
  scope: [],
  cameras: {},
  breakpoints: [],
  watches: [],
  stood: [],
  debuggerSide: 'breakpoints',
  editedBreakpoint: '',
  canvasOverlay: '',
  example: 0,
  classIndex: null,
  overlay: null,
  walk: null,
  question: null,
};

export type ViewStore = StoreApi<ViewData>;

export function createViewStore(initial: Partial<ViewData> = {}): ViewStore {
  return createStore<ViewData>(() => ({ ...defaultView, ...initial }));
}

/** The part of the view that is kept in that way. */
export function keptView(data: ViewData, keeping: Keeping): Partial<ViewData> {
  const keys = (Object.keys(viewKeeping) as (keyof ViewData)[]).filter((key) => viewKeeping[key] === keeping);
  return Object.fromEntries(keys.map((key) => [key, data[key]]));
}

/** Takes from foreign data only fields that are kept in that way and have the type of the default. */
export function readKeptView(value: unknown, keeping: Keeping): Partial<ViewData> {
  if (typeof value !== 'object' || value === null) return {};
  const given = value as Readonly<Record<string, unknown>>;
  const taken: Record<string, unknown> = {};
  for (const key of Object.keys(viewKeeping) as (keyof ViewData)[]) {
    if (viewKeeping[key] !== keeping || !Object.hasOwn(given, key)) continue;
    const sample = defaultView[key];
    const candidate = given[key];
    const fits =
      sample === null
        ? candidate === null || typeof candidate === 'number'
        : typeof candidate === typeof sample &&
          Array.isArray(candidate) === Array.isArray(sample) &&
          candidate !== null;
    if (fits) taken[key] = candidate;
  }
  return taken as Partial<ViewData>;
}

/** Node path of a scope with its time steps, '' at the top: `rnn[3]/cell`. */
export function scopePath(scope: readonly ScopeStep[]): string {
  const names = scope.map(({ node, time, unfolded }) =>
    time === undefined || unfolded !== undefined ? node : `${node}[${time}]`,
  );
  return joined(names);
}

/** Names a scope whatever time step is looked at: cameras are remembered by it. Unfolded it is another picture. */
export function scopeKey(scope: readonly ScopeStep[]): string {
  return scope.map(({ node, unfolded }) => (unfolded === undefined ? node : `${node}[]`)).join('/');
}

/** The instance path of a node that stands in the scope. */
export function instancePath(scope: readonly ScopeStep[], node: string): string {
  const path = scopePath(scope);
  return path === '' ? node : joined([path, node]);
}

/** Within an unfolded recurrence a node's own name begins with its time step: `rnn` and `[3]/cell`. */
function joined(names: readonly string[]): string {
  return names.join('/').replaceAll('/[', '[');
}

/** The name by which the engine speaks of it. */
export function breakpointId({ id, path, phase }: Breakpoint): string {
  return id ?? `${path}.${phase}`;
}

/**
 * Breakpoints as a click on the dot of a place leaves them: plain ones come and go; what has a condition, a hit count or a message
 * is only switched off and on again, so that nothing that was typed is lost.
 *
 * @param phase left out: whichever phases the node has breakpoints in
 */
export function toggledBreakpoint(
  breakpoints: readonly Breakpoint[],
  path: string,
  phase?: Breakpoint['phase'],
): readonly Breakpoint[] {
  const here = breakpoints.filter((each) => each.path === path && (phase ?? each.phase) === each.phase);
  if (here.length === 0) return [...breakpoints, { path, phase: phase ?? 'forward', enabled: true }];
  const stops = here.some((each) => each.enabled);
  const kept = here.some(isTyped);
  return breakpoints.flatMap((each) => {
    if (!here.includes(each)) return [each];
    return isTyped(each) || (kept && !stops) ? [{ ...each, enabled: !stops }] : [];
  });
}

/** Whether there is more to it than its place. */
export function isTyped({ condition, hits, log }: Breakpoint): boolean {
  return Boolean(condition || hits || log);
}

/** How the dot of a place stands: filled, hollow (there is one, switched off) or not at all. */
export function dotOf(breakpoints: readonly Breakpoint[]): 'on' | 'off' | 'none' {
  if (breakpoints.length === 0) return 'none';
  return breakpoints.some((each) => each.enabled) ? 'on' : 'off';
}
