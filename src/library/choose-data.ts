// Puts a data set in place of a graph's own and binds its fields to the graph's inputs and targets.
import type { DataShelf } from '../engine/data-shelf.ts';
import type { GraphFile } from '../graph/schema.ts';
import type { Operator } from '../operators/define-operator.ts';
import { operators } from '../operators/registry.generated.ts';
import { type Diagnostic, hasErrors } from '../tensor/diagnostic.ts';
import { bindFields, type FeedSlot } from '../training/datasets/bind-fields.ts';
import type { DataFile } from '../training/datasets/dataset.ts';
import { openBuiltInDataset, openFileDataset } from '../training/datasets/open-dataset.ts';

export interface DataChoice {
  /** Name of a data set: `digits`, `spirals`, `mnist`, … */
  readonly source: string;
  /** Where it is read from files; they are kept on the shelf. */
  readonly files?: readonly DataFile[];
}

export interface ChosenData {
  /** As it was after an error. */
  readonly graph: GraphFile;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * The graph with that data set in place of its own, bound to its inputs and targets; with diagnostics, and as it was, where that
 * cannot be.
 */
export function chooseData(graph: GraphFile, { source, files }: DataChoice, shelf: DataShelf): ChosenData {
  const own = graph.training.data?.source === source ? graph.training.data.options : {};
  const opened = files ? openFileDataset(files, { id: source }) : openBuiltInDataset(source, own, graph.seed);
  const diagnostics = [...opened.diagnostics];
  if (files && opened.dataset) diagnostics.push(...shelf.add(files, source).diagnostics.filter(isError));
  const { dataset } = opened;
  if (!dataset || hasErrors(diagnostics)) return { graph, diagnostics };
  const { inputs, targets } = slots(graph);
  const data = graph.training.data;
  const chosen = {
    source: dataset.id,
    options: data?.source === dataset.id ? data.options : {},
    bind: bindFields(dataset.fields, inputs, targets, data?.bind ?? {}),
    validation: data?.validation ?? 0.1,
    shuffle: data?.shuffle ?? true,
    preprocess: data?.preprocess ?? [],
    augment: data?.augment ?? [],
  };
  return { graph: { ...graph, training: { ...graph.training, data: chosen } }, diagnostics };
}

/** What opening the same files a second time says again is left out. */
const isError = ({ severity }: Diagnostic): boolean => severity === 'error';

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
