// compile, with the operators and optimisers of this package and defaults for sessions: every value readable, every gradient.
import {
  type Compilation,
  type CompileOptions as CompilerOptions,
  compile as compileWith,
} from '../compiler/compile.ts';
import type { GraphFile } from '../graph/schema.ts';
import { createKernelLibrary } from '../kernels/library.ts';
import { optimizers } from '../operators/optimizers/registry.generated.ts';
import { operators } from '../operators/registry.generated.ts';

/** Default: mode train, everything retained, all gradients and the update (in mode eval: forward only). */
export type CompileOptions = Partial<Omit<CompilerOptions, 'workspaceBytes'>>;

export interface CompiledGraph extends Compilation {
  readonly graph: GraphFile;
  /** What the training set-up says, or the optimiser's default. */
  readonly learningRate: number;
}

/** Never throws: what is wrong with the graph stands in `diagnostics`, and then `plan` is null. */
export function compile(graph: GraphFile, options: CompileOptions = {}): CompiledGraph {
  const mode = options.mode ?? 'train';
  const compilation = compileWith(
    graph,
    { operators, optimizers },
    {
      ...options,
      mode,
      retain: options.retain ?? 'all',
      gradients: options.gradients ?? (mode === 'train' ? 'all' : 'none'),
      workspaceBytes: createKernelLibrary().workspaceBytes,
    },
  );
  return { ...compilation, graph, learningRate: learningRateOf(graph) };
}

/** The rate that the training set-up names, else the optimiser's own. */
export function learningRateOf({ training: { optimizer } }: GraphFile): number {
  const record = Object.hasOwn(optimizers, optimizer.kind)
    ? optimizers[optimizer.kind as keyof typeof optimizers]
    : undefined;
  return optimizer.lr ?? record?.defaultLr ?? 0;
}
