// `--data SOURCE[=path]`: puts a data set in place of the graph's own and binds it; files are read from the path.

import type { DataShelf } from '../engine/data-shelf.ts';
import type { GraphFile } from '../graph/schema.ts';
import type { Operator } from '../operators/define-operator.ts';
import { operators } from '../operators/registry.generated.ts';
import { bindFields, type FeedSlot } from '../training/datasets/bind-fields.ts';
import type { Dataset } from '../training/datasets/dataset.ts';
import { openBuiltInDataset, openFileDataset } from '../training/datasets/open-dataset.ts';
import { settle } from './failure.ts';
import { readDataFiles } from './files.ts';

export function chooseData(
  graph: GraphFile,
  choice: string | undefined,
  shelf: DataShelf,
  warn: (line: string) => void,
): GraphFile {
  if (choice === undefined) return graph;
  const equals = choice.indexOf('=');
  const [source, path] = equals < 0 ? [choice, undefined] : [choice.slice(0, equals), choice.slice(equals + 1)];
  let dataset: Dataset | null;
  if (path === undefined) {
    const opened = openBuiltInDataset(
      source,
      graph.training.data?.source === source ? graph.training.data.options : {},
      graph.seed,
    );
    settle(opened.diagnostics, warn);
    dataset = opened.dataset;
  } else {
    const files = readDataFiles(path);
    settle(openFileDataset(files, { id: source }).diagnostics, warn);
    const added = shelf.add(files, source);
    settle(added.diagnostics, () => undefined);
    dataset = openFileDataset(files, { id: source }).dataset;
  }
  if (!dataset) return graph;
  const { inputs, targets } = slots(graph);
  const data = graph.training.data;
  return {
    ...graph,
    training: {
      ...graph.training,
      data: {
        source: dataset.id,
        options: data?.source === dataset.id ? data.options : {},
        bind: bindFields(dataset.fields, inputs, targets, data?.bind ?? {}),
        validation: data?.validation ?? 0.1,
        shuffle: data?.shuffle ?? true,
        preprocess: data?.preprocess ?? [],
        augment: data?.augment ?? [],
      },
    },
  };
}

/** Input nodes, and what losses want as targets: an input wired to a target, or the target itself. */
function slots(graph: GraphFile): { inputs: FeedSlot[]; targets: FeedSlot[] } {
  const operatorOf = (op: string): Operator | undefined =>
    Object.hasOwn(operators, op) ? (operators as Readonly<Record<string, Operator>>)[op] : undefined;
  const targets: FeedSlot[] = [];
  const asTarget = new Set<string>();
  for (const node of graph.nodes) {
    const operator = operatorOf(node.op);
    for (const [port, spec] of Object.entries(operator?.inputs ?? {})) {
      if (!spec.feedable) continue;
      const wire = graph.edges.find((edge) => edge.to === `${node.id}.${port}`);
      if (wire) asTarget.add(wire.from.slice(0, wire.from.indexOf('.')));
      else targets.push({ name: `${node.id}.${port}` });
    }
  }
  const inputs: FeedSlot[] = [];
  for (const node of graph.nodes) {
    if (operatorOf(node.op)?.traits.source !== 'feed' || node.value !== undefined) continue;
    const shape = node.attributes['shape'];
    const slot = { name: node.id, ...(Array.isArray(shape) ? { shape: shape as (number | string)[] } : {}) };
    (asTarget.has(node.id) ? targets : inputs).push(slot);
  }
  return { inputs, targets };
}
