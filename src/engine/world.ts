// What a graph computes, as far as it can run: its world. Graphs of one world have the same plans and the same numbers, whatever
// else stands on the canvas: places, notes, nodes that are not wired yet.
import type { Registry } from '../compiler/compile.ts';
import { findLoss, lossThatWaits } from '../compiler/loss.ts';
import { canonical, type Instance, type InstanceTypes, type Network, outputName } from '../compiler/network.ts';
import { type Stopped, soundPart, typeGraph } from '../compiler/type-graph.ts';
import type { GraphFile } from '../graph/schema.ts';
import type { Mode } from '../program/program.ts';
import type { Diagnostic } from '../tensor/diagnostic.ts';

export interface World {
  /** Equal where the worlds are. */
  readonly key: string;
  /** Equal where they are trained alike, whatever else they show. */
  readonly training: string;
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
  const { types, values } = known.inference;
  const network = soundPart(known);
  const { instances } = network;
  const names = [...network.aliases].filter(([, name]) => values.has(canonical(network, name)));
  const lossWaits = lossThatWaits(graph, known, operators);
  const loss = lossWaits ? null : findLoss(graph, network, false, () => undefined);
  const goals = [loss ?? '', ...training.metrics.flatMap(({ scores, target }) => [scores, target])];
  // A penalty is on parameters, wherever they are.
  const trained = training.penalty ? instances : leadingTo(goals, network, types);
  return {
    key: keyOf([mode, seed, contents(instances, types), names, training]),
    training: keyOf([mode, seed, loss, contents(trained, types), training]),
    faults,
    stopped: known.stopped,
    lossWaits,
  };
}

function keyOf(contents: unknown): string {
  return JSON.stringify(contents, (_, value: unknown) =>
    typeof value === 'number' && !Number.isFinite(value) ? String(value) : value,
  );
}

/** All that a plan takes from instances. */
function contents(instances: readonly Instance[], types: ReadonlyMap<string, InstanceTypes>): readonly unknown[] {
  const owners = new Set<string>();
  return instances.map(({ path, owner, operator, attributes, inputs, outputNames, settings, fixed }) => {
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
}

/** The instances from which these values come, in their order. */
function leadingTo(
  goals: readonly string[],
  network: Network,
  types: ReadonlyMap<string, InstanceTypes>,
): readonly Instance[] {
  const wanted = new Set(goals.map((name) => canonical(network, name)));
  const found = network.instances.toReversed().filter((instance) => {
    const { path, owner, inputs } = instance;
    const { outputs = {}, parameters = {} } = types.get(path) ?? {};
    const gives =
      Object.keys(outputs).some((port) => wanted.has(outputName(instance, port))) ||
      Object.keys(parameters).some((port) => wanted.has(`${owner}.${port}`));
    if (gives) for (const name of inputs.values()) wanted.add(canonical(network, name));
    return gives;
  });
  return found.reverse();
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
