// The library: everything that a program in a browser or in Node needs, and all that the command line uses. docs/library.md
// shows it in examples. Functions that read files answer diagnostics and never throw.

export type { Breakpoint, BreakpointFault, BreakpointHit, LogEntry, WatchSetting } from './debugger/halts/halt.ts';
export { createDataShelf, type DataShelf } from './engine/data-shelf.ts';
export { createEngine } from './engine/engine.ts';
export type { EngineApi, EngineEvent } from './engine/protocol.ts';
export { writeOnnx } from './formats/onnx/write-onnx.ts';
export { readWeights } from './formats/weights/read-weights.ts';
export { writeWeights } from './formats/weights/write-weights.ts';
export { readGraph } from './graph/read-graph.ts';
export type { GraphFile, ScheduleChoice } from './graph/schema.ts';
export { writeGraph } from './graph/write-graph.ts';
export { conditionError } from './language/condition.ts';
export { parseHaltPlace } from './language/halt-place.ts';
export { type CheckOptions, checkGraph, type GraphCheck } from './library/check-graph.ts';
export { chooseData, type DataChoice } from './library/choose-data.ts';
export { type CompiledGraph, type CompileOptions, compile } from './library/compile.ts';
export {
  createDebugging,
  type DebuggedTraining,
  type DebuggingOpening,
  type DebuggingOptions,
  type Watched,
} from './library/debugging.ts';
export { type OpenedModel, type OpenOptions, openModel } from './library/open-model.ts';
export { type RunOptions, type RunResult, run } from './library/run.ts';
export { createSession, type Session, type SessionOptions } from './library/session.ts';
export {
  createTimeTravel,
  type FirstTime,
  type SearchOptions,
  type TimeTravel,
  type TimeTravelOpening,
  type TimeTravelOptions,
} from './library/time-travel.ts';
export { createTraining, type Training } from './library/training.ts';
export { optimizers } from './operators/optimizers/registry.generated.ts';
export { operators } from './operators/registry.generated.ts';
export type { Plan } from './program/plan.ts';
export { printPlan } from './program/print.ts';
export { type Diagnostic, formatDiagnostic, hasErrors } from './tensor/diagnostic.ts';
export { type Tensor, tensor } from './tensor/tensor.ts';
export type { DataFile } from './training/datasets/dataset.ts';
export { scheduleFaults } from './training/schedule.ts';
export { schedules } from './training/schedules/registry.generated.ts';
export type { Measured, TrainingRun } from './training/training-run.ts';
