// typeGraph: the way from a graph to its network of typed instances, and what of it can run. A node with a fault stops, and with
// it what depends on it; the rest is sound, and is the same network as without them. Makes no program.
import type { GraphFile } from '../graph/schema.ts';
import type { Operator } from '../operators/define-operator.ts';
import type { Mode } from '../program/program.ts';
import type { Diagnostic } from '../tensor/diagnostic.ts';
import { elaborate } from './elaborate/elaborate.ts';
import { expand } from './expand.ts';
import { createInference, type Inference } from './infer.ts';
import type { Network } from './network.ts';

interface TypeOptions {
  readonly mode: Mode;
  /** Sizes of symbolic dimensions; `N` is the batch. */
  readonly dims: Readonly<Record<string, number>>;
  readonly operators: Readonly<Record<string, Operator>>;
  /** Nodes (paths without times) to open through their operators' `expand`. */
  readonly expand?: readonly string[] | undefined;
}

/** A node that does not run. */
export interface Stopped {
  /** Paths (without times) of the nodes whose faults it waits for; its own where the fault is its own. */
  readonly waitsFor: readonly string[];
  /** Port → name of the value that arrives there. */
  readonly inputs: ReadonlyMap<string, string>;
}

export interface TypedGraph {
  /** All of it. */
  readonly whole: Network;
  readonly inference: Inference;
  /** By instance path, nodes that could not even be built among them. */
  readonly stopped: ReadonlyMap<string, Stopped>;
}

/** Elaborates, infers and opens nodes. Faults go to `report` with the node and port; what depends on them is in `stopped`. */
export function typeGraph(graph: GraphFile, options: TypeOptions, report: (d: Diagnostic) => void): TypedGraph {
  const { mode, dims, operators } = options;
  const elaborated = elaborate(graph, { dims, operators }, report);
  const inference = createInference(mode, report);
  const opened = { ...elaborated, instances: elaborated.instances.map(inference.visit) };
  const whole = expand(opened, inference, new Set(options.expand ?? []), operators, report);
  return { whole, inference, stopped: stoppedNodes(whole, inference) };
}

/** The instances that can run, in their order. */
export function soundPart({ whole, inference }: TypedGraph): Network {
  return { ...whole, instances: whole.instances.filter(({ path }) => inference.types.has(path)) };
}

function stoppedNodes({ instances, leftOut }: Network, { types, values, faulty }: Inference): Map<string, Stopped> {
  const stopped = new Map<string, Stopped>();
  for (const path of leftOut.keys()) stopped.set(path, { waitsFor: [withoutTimes(path)], inputs: new Map() });
  /** Value name → path of the instance that would give it, where the name does not say so. */
  const givers = new Map<string, string>();
  for (const { path, inputs, outputNames = {}, scans } of instances) {
    if (types.has(path)) continue;
    for (const name of Object.values(outputNames)) givers.set(name, path);
    const causes = new Set<string>();
    if (faulty.has(path)) causes.add(withoutTimes(scans?.path ?? path));
    else {
      for (const name of inputs.values()) {
        if (values.has(name)) continue;
        const giver = givers.get(name) ?? name.slice(0, name.lastIndexOf('.'));
        for (const cause of stopped.get(giver)?.waitsFor ?? [withoutTimes(giver)]) causes.add(cause);
      }
    }
    stopped.set(path, { waitsFor: [...causes], inputs });
  }
  return stopped;
}

function withoutTimes(path: string): string {
  return path.replace(/\[\d+\]/g, '');
}
