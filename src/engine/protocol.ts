// The only contract between page and engine: plain cloneable data. `engine.ts` implements it in process, `worker.ts` exposes
// it, `client.ts` wraps it. Tensors stay in the worker: the page asks for summaries and pictures. Every answer carries the
// revision of the graph it belongs to; the page drops what is stale.
import type { SessionSettings } from '../formats/session/session-file.ts';
import type { ReadResult } from '../graph/read-graph.ts';
import type { GraphFile } from '../graph/schema.ts';
import type { Fragment } from '../program/fragment.ts';
import type { Phase } from '../program/program.ts';
import type { Diagnostic } from '../tensor/diagnostic.ts';
import type { DType } from '../tensor/dtype.ts';
import type { Shape } from '../tensor/shape.ts';
import type { Tensor } from '../tensor/tensor.ts';
import type {
  ExplainRequest,
  FieldAnswer,
  GradientAccountAnswer,
  GradientCheckRequest,
  GradientCheckState,
  NumberExplanation,
} from './protocol/explain.ts';
import type { Breakpoint, BreakpointFacts, BreakpointHit, HaltsApi, LogEvent } from './protocol/halts.ts';
import type {
  PassesFacts,
  PassesRequest,
  PassText,
  PlanFacts,
  ProfileFacts,
  ProfileRequest,
  UnitFacts,
  UpdateFacts,
} from './protocol/plans.ts';
import type { TimelineApi } from './protocol/timeline.ts';
import type {
  AttributionFacts,
  Picture,
  PictureRequest,
  Saliency,
  SaliencyRequest,
  Summary,
  SummaryRequest,
  Theme,
} from './protocol/views.ts';

export interface OpenRequest {
  readonly graph: GraphFile;
  readonly revision: number;
  /** Another document: nothing trained is carried over. */
  readonly fresh?: boolean;
  /** Where what is computed, or what is trained, is the same as before, that goes on (CompileReport.stands, trains). */
  readonly steady?: boolean;
  /** Paths (without time indices) of nodes to be stepped inside through their operators' `expand`. */
  readonly expand?: readonly string[];
  /** The file whose tensors wait for this graph (OpenedFile). */
  readonly weights?: number;
  /** What `keepState` gave for this document, unless a file's tensors wait for it. */
  readonly kept?: Blob;
  /** The branch whose graph this is (SwitchAnswer): stands where it was left. Absent: the run goes on with the graph as edited. */
  readonly branch?: number;
}

export interface KeepRequest {
  /** The mark of the answer before: the same numbers are not told twice. */
  readonly since?: string | undefined;
  /** Bytes of numbers beyond which none are given. */
  readonly most: number;
}

/** The numbers of a document that its seed alone does not give. */
export interface KeptState {
  readonly mark: string;
  /** Of its numbers; 0: the seed gives all. */
  readonly bytes: number;
  /** null where there are none, or too many. */
  readonly file: Blob | null;
}

export interface FileRequest {
  /** The page's number for it: names it in `file` events, and its tensors in `OpenRequest`. */
  readonly id: number;
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Where memory can be shared: 1 in it calls the reading off at its next sign of progress. */
  readonly cancel?: Int32Array;
  /** Of an ONNX model: answers to what an earlier reading asked (OpenedFile), by the file's names of inputs. */
  readonly shapes?: ReadonlyMap<string, readonly (number | string)[]>;
  readonly fix?: ReadonlyMap<string, Tensor>;
  /** Sizes for the names that dimensions have in what was read. */
  readonly dims?: Readonly<Record<string, number>>;
}

/** What the file leaves open of an input, by the file's name for it: its shape, or numbers that decide the shapes of others. */
export type FileQuestion =
  | { readonly kind: 'shape'; readonly input: string }
  | {
      readonly kind: 'numbers';
      readonly input: string;
      /** Names stand for sizes that are open. */
      readonly shape: readonly (number | string)[];
      readonly dtype: DType;
      readonly proposal: readonly number[];
    };

/** What a file of another format was read as. */
export interface OpenedFile {
  /** null where nothing could be opened. */
  readonly graph: GraphFile | null;
  readonly diagnostics: readonly Diagnostic[];
  /** How many tensors wait in the engine for the graph to be opened. */
  readonly weights: number;
  /** Where a model leaves open what its nodes need: with answers it is read again, without them those nodes stay unknown. */
  readonly questions?: readonly FileQuestion[];
  /** Of a session: what stops it, what is watched, and where it stands once the graph is opened. */
  readonly session?: SessionSettings;
}

/** Formats that the engine writes; it alone has the numbers. */
export type ExportFormat =
  | 'onnx'
  | 'safetensors'
  | 'npz'
  /** The session, with its numbers. */
  | 'chainrule'
  /** The same without numbers, for a link. */
  | 'link';

export interface ExportedFile {
  /** null where nothing could be written. */
  readonly bytes: Uint8Array<ArrayBuffer> | null;
  readonly diagnostics: readonly Diagnostic[];
}

export interface ValueFacts {
  readonly shape: Shape;
  readonly dtype: DType;
}

/** What the compiler knows of one node instance. Recurrences have one per time step: `rnn[3]/cell`. */
export interface NodeFacts {
  /** Port → name of the value that arrives there. */
  readonly inputs: Readonly<Record<string, string>>;
  /** Port → name of the value that leaves. */
  readonly outputs: Readonly<Record<string, string>>;
  /** Names of the parameters that the node owns. */
  readonly parameters: readonly string[];
  readonly parameterCount: number;
  readonly flops: number;
  /** Bytes of its outputs. */
  readonly bytes: number;
  /** Number of time steps, for a recurrence. */
  readonly steps?: number;
  /** Whether *step inside* can open it. */
  readonly expandable: boolean;
  /** It does not run, or not all that is inside does: the nodes (paths without times) whose faults it waits for; itself where the fault is its own. */
  readonly waitsFor?: readonly string[];
}

/** One row of the debugger's list. */
export interface StepFacts {
  readonly node: string;
  readonly phase: Phase;
  readonly role: string;
  readonly label: string;
  /** Values that this step writes. */
  readonly writes: readonly string[];
}

export interface CompileReport {
  readonly revision: number;
  readonly diagnostics: readonly Diagnostic[];
  /** False when errors left nothing to run, not even a part; `values` still holds every shape that could be inferred. */
  readonly runnable: boolean;
  /** Instance path → facts. */
  readonly nodes: Readonly<Record<string, NodeFacts>>;
  /**
   * Value name → type; input ports by their own name (`conv1.x`) as well as outputs, parameters and gradients. What flows back
   * through an input that is called as an output is, is `grad(cell.h):in`.
   */
  readonly values: Readonly<Record<string, ValueFacts>>;
  readonly steps: readonly StepFacts[];
  readonly loss: string | null;
  /** Why the loss that is meant cannot be trained, where it cannot. */
  readonly untrainable: readonly Diagnostic[];
  readonly parameterCount: number;
  readonly compileMs: number;
  /** Nodes of the graph before that stand elsewhere in this one (renamed, grouped): instance path → instance path. */
  readonly moved?: Readonly<Record<string, string>>;
  /** What is computed is the same as before: the run stands, and training goes on, where they were. */
  readonly stands?: { readonly session: SessionState; readonly training: TrainState | null };
  /** What is trained is the same as before, though more or less is computed beside it: training goes on. */
  readonly trains?: TrainState;
}

/** One node in one phase, as far as the phase goes, or as far as the iteration goes; backwards into iterations that were trained, too. */
export type StepSize = 'node' | 'phase' | 'iteration';

export type ControlCommand =
  /** `over`: all of this phase that lies inside that instance path (a block, a recurrence), unless a breakpoint stops it. */
  | { readonly kind: 'step'; readonly over?: string; readonly by?: StepSize }
  | { readonly kind: 'step_back'; readonly over?: string; readonly by?: StepSize }
  /** To the next breakpoint or the end of the iteration. */
  | { readonly kind: 'continue' }
  | { readonly kind: 'reverse_continue' }
  /** To the end of the iteration, whatever breakpoints say. */
  | { readonly kind: 'finish' }
  /** Cursor to `step` (number of steps executed), in either direction. */
  | { readonly kind: 'run_to'; readonly step: number }
  /** Just after the next step of a node (any phase unless given); wraps to the next iteration if need be. */
  | { readonly kind: 'run_to_node'; readonly path: string; readonly phase?: Phase }
  /** Over all that lies inside a node's instance path, in this phase. */
  | { readonly kind: 'step_out' }
  | { readonly kind: 'restart' };

export interface SessionState {
  readonly revision: number;
  /** Steps executed in this iteration; steps[cursor] is next. */
  readonly cursor: number;
  readonly stepCount: number;
  readonly iteration: number;
  readonly stoppedBy: 'start' | 'step' | 'breakpoint' | 'end';
  /** Values that the last command wrote (all forms of names resolve through CompileReport.values). */
  readonly changed: readonly string[];
  /** Value of the loss once computed. */
  readonly loss: number | null;
  /** True when feeds are random samples because nothing was bound. */
  readonly sampled: readonly string[];
  /** How many edits of numbers and of the rate there are to be taken back; the oldest may be forgotten (TimelineApi.takeBack). */
  readonly edits?: number;
  /** The breakpoints that stopped it. */
  readonly hits?: readonly BreakpointHit[];
  /** It was training that they stopped: going on is training on. */
  readonly stoppedTraining?: boolean;
}

export interface FieldFacts {
  readonly dtype: DType;
  /** Of one example. */
  readonly shape: Shape;
  /** Where the batch dimension N stands in a batch. */
  readonly batchAxis: 0 | 1;
  readonly role: 'input' | 'target';
  readonly classes?: number;
  readonly classNames?: readonly string[];
}

export interface DataSourceFacts {
  /** `training.data.source`. */
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  readonly fields: Readonly<Record<string, FieldFacts>>;
  /** Examples by split. */
  readonly counts: Readonly<Record<string, number>>;
  /** JSON Schema of the options. */
  readonly options: unknown;
}

export type TrainCommand = 'start' | 'pause' | 'resume' | 'stop' | 'iterate';

export interface TrainState {
  readonly revision: number;
  /** Grows with all that is told of training: answers and events travel different ways, and the newest counts. */
  readonly order: number;
  readonly status: 'idle' | 'running' | 'paused' | 'finished' | 'failed';
  readonly epoch: number;
  readonly epochs: number;
  readonly iteration: number;
  readonly iterationsPerEpoch: number;
  readonly loss: number | null;
  readonly metrics: Readonly<Record<string, number>>;
  readonly examplesPerSecond: number;
  readonly diagnostics: readonly Diagnostic[];
}

/** One point of the curves. `split` train: mean over the iterations since the last point. */
export interface CurvePoint {
  readonly iteration: number;
  readonly epoch: number;
  readonly split: 'train' | 'validation';
  readonly loss: number;
  readonly metrics: Readonly<Record<string, number>>;
}

export type EngineEvent =
  /** At most 10 a second while training. */
  | { readonly kind: 'training'; readonly state: TrainState; readonly points: readonly CurvePoint[] }
  /** Values changed under the views (training refreshed them, weights were loaded): ask again for what is visible. */
  | { readonly kind: 'session'; readonly state: SessionState }
  /** How much of a file has been read, 0…1; at most 20 a second. */
  | { readonly kind: 'file'; readonly id: number; readonly share: number }
  /** How much of a history has been searched (FirstTimeRequest, CompareRequest) or replayed (0), 0…1, and the iteration looked at; at most 20 a second. */
  | { readonly kind: 'search'; readonly id: number; readonly share: number; readonly iteration: number }
  /** How much of the profile is measured, 0…1. */
  | { readonly kind: 'profile'; readonly share: number }
  /** Where a gradient check stands; at most 10 a second. */
  | { readonly kind: 'gradient_check'; readonly state: GradientCheckState }
  | { readonly kind: 'failed'; readonly message: string }
  | LogEvent;

export interface EngineApi extends HaltsApi, TimelineApi {
  /** Checks a graph file: its text, or what was kept of it. Opens nothing. */
  readGraph(source: unknown): Promise<ReadResult>;
  /**
   * Compiles what can run, keeps parameters whose name and shape are unchanged, and stands at the start of an iteration. Nodes with
   * faults, and what depends on them, are left out (NodeFacts.waitsFor).
   */
  open(request: OpenRequest): Promise<CompileReport>;
  /** Where the run stands; moves nothing. */
  session(): Promise<SessionState>;
  control(command: ControlCommand): Promise<SessionState>;
  /** Replaces all; answers what became of each, in their order. Stepping and training heed them alike. */
  setBreakpoints(breakpoints: readonly Breakpoint[]): Promise<readonly BreakpointFacts[]>;
  summaries(
    requests: readonly SummaryRequest[],
    theme: Theme,
  ): Promise<{ readonly revision: number; readonly summaries: readonly Summary[] }>;
  picture(request: PictureRequest): Promise<Picture | null>;
  saliency(request: SaliencyRequest): Promise<Saliency | { readonly diagnostics: readonly Diagnostic[] }>;
  /** The methods that `saliency` knows, in the order in which they are offered. */
  attributionMethods(): Promise<readonly AttributionFacts[]>;
  /** Writes elements of a feed or parameter; what was computed from it becomes pending again. */
  setElements(
    name: string,
    changes: readonly { readonly index: number; readonly value: number }[],
  ): Promise<SessionState>;
  /** All numbers of a value, or null. */
  read(name: string): Promise<{
    readonly shape: Shape;
    readonly dtype: DType;
    readonly data: Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer>;
  } | null>;
  /** All numbers of a value as they stand, as the bytes of an .npy file; null where it is not computed yet. */
  exportValue(name: string): Promise<Uint8Array<ArrayBuffer> | null>;
  /** What *step inside* shows of a node. */
  expansion(path: string): Promise<Fragment | null>;
  /** The fast plan's steps and memory. */
  planFacts(): Promise<PlanFacts | null>;
  /** What the passes do to the program. */
  passes(request: PassesRequest): Promise<PassesFacts | null>;
  /** The program before and after a pass (index) of the last `passes`; null where it did not run. */
  passText(index: number): Promise<PassText | null>;
  /** Measures every step, in slices; null where it was called off or the graph changed. One at a time: a second ends the first. */
  profile(request: ProfileRequest): Promise<ProfileFacts | { readonly diagnostics: readonly Diagnostic[] } | null>;
  cancelProfile(): Promise<void>;
  /** Where one number comes from; null where there is no such element, or it is not computed yet. */
  explain(request: ExplainRequest): Promise<NumberExplanation | null>;
  /** What an element hangs on and what hangs on it, over the forward phase. */
  elementFields(name: string, index: number): Promise<FieldAnswer | null>;
  /** Why a gradient is small or large; null where the plan has none of that name, or it is not computed yet. */
  gradientAccount(name: string): Promise<GradientAccountAnswer | null>;
  /** Gradients against central differences in float64, in slices. One at a time: a second ends the first. */
  checkGradients(request: GradientCheckRequest): Promise<GradientCheckState>;
  cancelGradientCheck(): Promise<void>;
  /** Dead and saturated units by instance path, of what is computed. */
  unitFacts(): Promise<Readonly<Record<string, UnitFacts>>>;
  /** Sizes of this iteration's updates by parameter; null before the gradients are there. */
  updateFacts(): Promise<Readonly<Record<string, UpdateFacts>> | null>;
  train(command: TrainCommand): Promise<TrainState>;
  /** New random parameters; forgets training. */
  reset(): Promise<SessionState>;
  dataSources(): Promise<readonly DataSourceFacts[]>;
  /** Files dropped or picked; the new source appears in `dataSources`. */
  addData(
    files: readonly { readonly name: string; readonly bytes: Uint8Array<ArrayBuffer> }[],
  ): Promise<{ readonly source: DataSourceFacts | null; readonly diagnostics: readonly Diagnostic[] }>;
  /** Reads a network of another format (ONNX). Opens nothing; its tensors wait for `open`, those of files before are gone. */
  openFile(request: FileRequest): Promise<OpenedFile>;
  /** The graph, its weights or the session as a file; `scope`: what a session looks at. */
  exportFile(format: ExportFormat, scope?: SessionSettings['scope']): Promise<ExportedFile>;
  /** Weights of a safetensors, npz or npy file into the open graph; told by their content, `name` names those of an npy. */
  loadWeights(bytes: Uint8Array<ArrayBuffer>, name?: string): Promise<readonly Diagnostic[]>;
  /** What a later `open` of the same document needs to go on with its numbers; null: nothing has changed since. */
  keepState(request: KeepRequest): Promise<KeptState | null>;
}
