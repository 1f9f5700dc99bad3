// What a graph computes, as far as it can run: its world. Graphs of one world have the same plans and the same numbers, whatever
// else stands on the canvas: places, notes, nodes that are not wired yet.
import type { Registry } from '../compiler/compile.ts';
import { lossThatWaits } from '../compiler/loss.ts';
import { canonical } from '../compiler/network.ts';
import { type Stopped, soundPart, typeGraph } from '../compiler/type-graph.ts';
import type { GraphFile } from '../graph/schema.ts';
import type { Mode } from '../program/program.ts';
import type { Diagnostic } from '../tensor/diagnostic.ts';

export interface World {
  /** Equal where the worlds are. */
  readonly key: string;
  /** What the graph's nodes and wires lack. */
  readonly faults: readonly Diagnostic[];
  /** Nodes outside of it, by instance path. */
  readonly stopped: ReadonlyMap<string, Stopped>;
  /** Whether the loss that is meant stands outside. */
  readonly lossWaits: Diagnostic | null;
}

/** Of the graph as drawn, whatever the debugger has opened of it. */
export function worldOf(graph: GraphFile, registry: Registry): World {
  const { operators } = registry;
  const { training, seed } = graph;
  const mode = runMode(graph, registry);
  const faults: Diagnostic[] = [];
  const known = typeGraph(graph, { mode, dims: { N: training.batch }, operators }, (fault) => void faults.push(fault));
  const { types } = known.inference;
  const owners = new Set<string>();
  const network = soundPart(known);
  const nodes = network.instances.map(({ path, owner, operator, attributes, inputs, outputNames, settings, fixed }) => {
    const wires = [path, [...inputs], outputNames ?? null];
    // Over time, all but the wires is the same.
    if (owners.has(owner)) return wires;
    owners.add(owner);
    const own = types.get(path)?.parameters ?? {};
    const starts = Object.entries(settings).map(([port, { trainable, init }]) => {
      const type = own[port];
      return [port, trainable, type && init ? init(type) : null];
    });
    return [...wires, operator.id, attributes, starts, fixed ?? null];
  });
  const names = [...network.aliases].filter(([, name]) => known.inference.values.has(canonical(network, name)));
  const key = JSON.stringify([mode, seed, nodes, names, training], (_, value: unknown) =>
    typeof value === 'number' && !Number.isFinite(value) ? String(value) : value,
  );
  return { key, faults, stopped: known.stopped, lossWaits: lossThatWaits(graph, known, operators) };
}

/**
 * Without a loss there is nothing to train: the graph shows what it answers, with running statistics and no dropout. A loss that
 * nothing is wired to is none yet.
 */
export function runMode({ training, nodes, edges, blocks }: GraphFile, { operators }: Registry): Mode {
  const hasLoss = (scope: Pick<GraphFile, 'nodes' | 'edges'>): boolean => {
    const losses = scope.nodes.filter(({ op }) => Object.hasOwn(operators, op) && operators[op]?.traits.loss === true);
    return losses.some(({ id }) => scope.edges.some(({ to }) => to.startsWith(`${id}.`)));
  };
  const trains = training.loss !== undefined || hasLoss({ nodes, edges }) || Object.values(blocks).some(hasLoss);
  return trains ? 'train' : 'eval';
}
