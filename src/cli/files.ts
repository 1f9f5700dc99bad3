// Files that commands read: graphs, plans, tensors. Every failure says which file and what is wrong with it.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readSafetensors } from '../formats/safetensors/read-safetensors.ts';
import { readGraph } from '../graph/read-graph.ts';
import type { GraphFile } from '../graph/schema.ts';
import type { Plan } from '../program/plan.ts';
import { formatDiagnostic, hasErrors } from '../tensor/diagnostic.ts';
import type { Tensor } from '../tensor/tensor.ts';
import type { DataFile } from '../training/datasets/dataset.ts';
import { CommandFailure } from './failure.ts';

export function readBytes(path: string): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(readFileSync(path));
  } catch (fault) {
    const code = (fault as NodeJS.ErrnoException).code;
    throw new CommandFailure(code === 'ENOENT' ? `${path}: no such file` : `${path}: ${(fault as Error).message}`);
  }
}

export type Source =
  | { readonly kind: 'graph'; readonly graph: GraphFile }
  | { readonly kind: 'plan'; readonly plan: Plan };

/** A graph file, or a plan written by `plan --json`. A graph with errors is refused: a command line cannot ask back. */
export function readSource(path: string): Source {
  const text = new TextDecoder().decode(readBytes(path));
  if (text.includes('"chainrule/plan"')) {
    try {
      const plan = JSON.parse(text) as Plan;
      if (plan.format === 'chainrule/plan' && plan.version === 1) {
        if (!isWhole(plan)) throw new CommandFailure(`${path}: parts of the plan are missing`);
        return { kind: 'plan', plan };
      }
    } catch (fault) {
      if (fault instanceof CommandFailure) throw fault;
      throw new CommandFailure(`${path}: not JSON`);
    }
  }
  const { graph, diagnostics } = readGraph(text);
  if (!graph || hasErrors(diagnostics)) {
    throw new CommandFailure(
      diagnostics
        .filter((d) => d.severity === 'error')
        .map((d) => `${path}: ${formatDiagnostic(d)}`)
        .join('\n') || `${path}: cannot be read`,
    );
  }
  return { kind: 'graph', graph };
}

function isWhole(plan: Partial<Plan>): plan is Plan {
  const lists = [plan.values, plan.kernels, plan.instructions, plan.steps, plan.feeds, plan.metrics];
  const retained = plan.retain === 'all' || Array.isArray(plan.retain);
  return lists.every(Array.isArray) && retained && typeof plan.names === 'object' && typeof plan.arena === 'object';
}

export function readGraphFile(path: string): GraphFile {
  const source = readSource(path);
  if (source.kind === 'plan') throw new CommandFailure(`${path} is a plan; this command needs the graph`);
  return source.graph;
}

export function readTensors(path: string): ReadonlyMap<string, Tensor> {
  const { tensors, diagnostics } = readSafetensors(readBytes(path));
  if (hasErrors(diagnostics))
    throw new CommandFailure(diagnostics.map((d) => `${path}: ${formatDiagnostic(d)}`).join('\n'));
  return tensors;
}

/** The files of a folder, or one file. */
export function readDataFiles(path: string): DataFile[] {
  let folder: boolean;
  try {
    folder = statSync(path).isDirectory();
  } catch {
    throw new CommandFailure(`${path}: no such file or folder`);
  }
  if (!folder) return [{ name: path, bytes: readBytes(path) }];
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => ({ name: join(path, entry.name), bytes: readBytes(join(path, entry.name)) }));
}
