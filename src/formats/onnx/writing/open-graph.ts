// The graph as it is written: blocks and recurrences opened, operators without a form opened through their `expand`, types of
// everything in inference mode. A second batch tells which sizes and attributes follow N.
import { elaborate } from '../../../compiler/elaborate/elaborate.ts';
import { expand } from '../../../compiler/expand.ts';
import { createInference, typedNetwork } from '../../../compiler/infer.ts';
import { canonical, type Instance, type Network, outputName, type TypedNetwork } from '../../../compiler/network.ts';
import type { GraphFile } from '../../../graph/schema.ts';
import type { Operator } from '../../../operators/define-operator.ts';
import { type Diagnostic, error, hasErrors } from '../../../tensor/diagnostic.ts';
import { sizesOf } from './sizes.ts';
import type { OnnxValue, Size } from './write-context.ts';
import { writeForms } from './write-forms.ts';

type Report = (d: Diagnostic) => void;

export interface OpenOptions {
  readonly operators: Readonly<Record<string, Operator>>;
  readonly dims: Readonly<Record<string, number>>;
  /** N, where it need not stay open. */
  readonly batch: number;
}

export interface OpenedGraph {
  /** Blocks and recurrences opened: values have the names that people know. */
  readonly known: TypedNetwork;
  /** Opened further, until every instance has a form or cannot be opened. */
  readonly network: TypedNetwork;
}

/** The graph typed in eval mode, with the nodes opened that ONNX has no operator for. */
export function openGraph(graph: GraphFile, { operators, dims, batch }: OpenOptions, report: Report): OpenedGraph {
  const elaborated = elaborate(graph, { dims: { ...dims, N: batch }, operators }, report);
  const inference = createInference('eval', report);
  let network: Network = { ...elaborated, instances: elaborated.instances.map(inference.visit) };
  const known = typedNetwork(network, inference);
  for (;;) {
    const formless = network.instances.filter(
      ({ operator, expanded, path }) =>
        !expanded &&
        !operator.traits.source &&
        !writeForms[operator.id] &&
        operator.expand &&
        inference.types.has(path),
    );
    if (formless.length === 0) return { known, network: typedNetwork(network, inference) };
    const owners = new Set(formless.map(({ owner }) => owner));
    network = expand(network, inference, owners, operators, report);
  }
}

export interface OpenBatch {
  /** Sizes of every value with the batch kept open. */
  readonly sizes: ReadonlyMap<string, readonly Size[]>;
  /** Attributes that follow the batch, by path. */
  readonly changing: ReadonlyMap<string, ReadonlySet<string>>;
  /** Names of numbers known when the graph is compiled that follow the batch. */
  readonly numbers: ReadonlySet<string>;
}

/** What follows the batch; null where the graph fits only this one. */
export function openBatch(graph: GraphFile, network: TypedNetwork, options: OpenOptions): OpenBatch | null {
  const second = options.batch + 1;
  const faults: Diagnostic[] = [];
  const { network: other } = openGraph(graph, { ...options, batch: second }, (fault) => void faults.push(fault));
  if (hasErrors(faults)) return null;
  const sizes = new Map<string, readonly Size[]>();
  for (const [name, type] of network.values) {
    const shape = other.values.get(name)?.shape;
    const open = shape && sizesOf(type.shape, shape, { batch: options.batch, second });
    if (!open) return null;
    sizes.set(name, open);
  }
  const attributes = new Map(other.instances.map((instance) => [instance.path, instance.attributes]));
  const changing = new Map<string, ReadonlySet<string>>();
  for (const instance of network.instances) {
    const theirs = attributes.get(instance.path) ?? {};
    const keys = Object.keys(instance.attributes).filter(
      (key) => JSON.stringify(instance.attributes[key]) !== JSON.stringify(theirs[key]),
    );
    if (keys.length > 0) changing.set(instance.path, new Set(keys));
  }
  return { sizes, changing, numbers: changingNumbers(network, other) };
}

function changingNumbers(network: TypedNetwork, other: TypedNetwork): ReadonlySet<string> {
  const names = network.instances.flatMap((instance) =>
    Object.entries(network.settled.get(instance.path) ?? {}).flatMap(([port, { data }]) => {
      const theirs = other.settled.get(instance.path)?.[port]?.data;
      return theirs?.length === data.length && theirs.every((x, i) => x === data[i])
        ? []
        : [outputName(instance, port)];
    }),
  );
  return new Set(names);
}

/** Every value as the file knows it; without `open` with the sizes of this batch. */
export function valuesOf(network: TypedNetwork, open: OpenBatch | null): ReadonlyMap<string, OnnxValue> {
  return new Map(
    [...network.values].map(([name, type]) => [name, { ...type, name, sizes: open?.sizes.get(name) ?? type.shape }]),
  );
}

/** Names of what leaves the model: what was asked for, or what inference is for. */
export function chooseOutputs(network: TypedNetwork, asked: readonly string[] | undefined, report: Report): string[] {
  if (asked) {
    return asked.map((each) => {
      const found = [each, `${each}.y`].find((name) => network.values.has(canonical(network, name)));
      if (found === undefined) report(error('E_VALUE', `there is no value \`${each}\``));
      return found ?? each;
    });
  }
  const computing = network.instances.filter(({ operator, expanded }) => !operator.traits.source && !expanded);
  const inferred = ends(
    network,
    computing.filter(({ operator }) => !operator.traits.loss),
  );
  const outputs = inferred.length > 0 ? inferred : ends(network, computing);
  if (outputs.length === 0) report(error('E_ONNX_EMPTY', 'the graph computes nothing that could be written'));
  return outputs;
}

/** Outputs of those of the instances from which none of them reads. */
function ends(network: TypedNetwork, instances: readonly Instance[]): string[] {
  const used = new Set(instances.flatMap(({ inputs }) => [...inputs.values()].map((name) => canonical(network, name))));
  return instances
    .map((each) => Object.keys(network.types.get(each.path)?.outputs ?? {}).map((port) => outputName(each, port)))
    .filter((names) => !names.some((name) => used.has(name)))
    .flat();
}
