// The library: what a program in a browser or in Node needs to open a graph, compile it, run or step the plan and keep its
// weights. A plan runs without the graph and the compiler that made it.
export type { Compilation, CompileOptions } from './compiler/compile.ts';
export { compile } from './compiler/compile.ts';
export { createEngine } from './engine/engine.ts';
export type { EngineApi, EngineEvent } from './engine/protocol.ts';
export { readSafetensors } from './formats/safetensors/read-safetensors.ts';
export { writeSafetensors } from './formats/safetensors/write-safetensors.ts';
export { readGraph } from './graph/read-graph.ts';
export type { GraphFile } from './graph/schema.ts';
export { writeGraph } from './graph/write-graph.ts';
export { createKernelLibrary } from './kernels/library.ts';
export { optimizers } from './operators/optimizers/registry.generated.ts';
export { operators } from './operators/registry.generated.ts';
export type { Plan } from './program/plan.ts';
export { createStepper } from './runtime/stepper.ts';
export { createWorkspace } from './runtime/workspace.ts';
export { type Diagnostic, formatDiagnostic } from './tensor/diagnostic.ts';
export { createTrainingRun } from './training/training-run.ts';
