// Choosing a data set as an edit of the graph: fields are bound to the inputs and loss targets that want them, and those
// inputs take the fields' shapes. Pure; what the data holds comes from the engine.
import type { FieldFacts } from '../../engine/protocol.ts';
import type { Draft } from '../../graph/edit.ts';
import { setAttribute } from '../../graph/edits/set-node.ts';
import { setData, setTraining } from '../../graph/edits/set-training.ts';
import { endpointNode } from '../../graph/endpoint.ts';
import type { GraphNode } from '../../graph/schema.ts';
import { findOperator } from '../../operators/catalogue.ts';

export interface Source {
  readonly id: string;
  readonly fields: Readonly<Record<string, FieldFacts>>;
}

/** What a graph wants to be fed. */
export interface Slots {
  /** Input nodes. */
  readonly inputs: readonly string[];
  /** Inputs wired to a loss's target, and targets that nothing is wired to: `next`, `loss.target`. */
  readonly targets: readonly string[];
}

/** Sets the source up with everything bound that can be bound without asking. */
export function chooseData(draft: Draft, source: Source): void {
  const slots = feedSlots(draft.nodes(''), draft.edges(''));
  const before = draft.training().data;
  const fields = Object.entries(source.fields);
  const bind: Record<string, string> = {};
  for (const [names, role] of [
    [slots.inputs, 'input'],
    [slots.targets, 'target'],
  ] as const) {
    const free = fields.filter(([, field]) => field.role === role);
    for (const name of names) {
      const kept = before?.bind[name];
      const fitting =
        free.find(([field]) => field === kept) ??
        free.find(([field]) => field === name) ??
        (names.length === 1 || free.length === 1 ? free[0] : free.find(([, field]) => sameRank(draft, name, field)));
      if (fitting !== undefined) bind[name] = fitting[0];
    }
  }
  const same = before?.source === source.id;
  setData(draft, { source: source.id, bind, ...(same ? {} : { options: {}, preprocess: [] }) });
  for (const [name, field] of Object.entries(bind)) takeShape(draft, name, source.fields[field]);
  addAccuracy(draft, source, bind);
}

/** Binds one slot to another field; undefined frees it. */
export function bindSlot(draft: Draft, source: Source, slot: string, field: string | undefined): void {
  const { [slot]: _, ...rest } = draft.training().data?.bind ?? {};
  setData(draft, { bind: field === undefined ? rest : { ...rest, [slot]: field } });
  if (field !== undefined) takeShape(draft, slot, source.fields[field]);
}

export function feedSlots(
  nodes: readonly GraphNode[],
  edges: readonly { readonly from: string; readonly to: string }[],
): Slots {
  const targetPorts = nodes.flatMap((node) => {
    const entry = findOperator(node.op);
    if (!entry?.traits.loss) return [];
    return Object.entries(entry.inputs).flatMap(([port, { feedable }]) => (feedable ? [`${node.id}.${port}`] : []));
  });
  const wiredFrom = new Map(edges.map(({ from, to }) => [to, endpointNode(from)]));
  const free = nodes
    .filter((node) => findOperator(node.op)?.traits.source === 'feed' && node.value === undefined)
    .map(({ id }) => id);
  const asTarget = new Set(targetPorts.flatMap((port) => wiredFrom.get(port) ?? []));
  return {
    inputs: free.filter((id) => !asTarget.has(id)),
    targets: [...free.filter((id) => asTarget.has(id)), ...targetPorts.filter((port) => !wiredFrom.has(port))],
  };
}

/** The shape of a batch of a field, as the graph file writes it: `["N", 1, 28, 28]`. */
export function batchShape({ shape, batchAxis }: FieldFacts): readonly (number | string)[] {
  return shape.toSpliced(batchAxis, 0, 'N' as never) as readonly (number | string)[];
}

function sameRank(draft: Draft, slot: string, field: FieldFacts): boolean {
  const shape = draft.node('', slot)?.attributes['shape'];
  return !Array.isArray(shape) || shape.length === field.shape.length + 1;
}

/** An input declares what its field holds. */
function takeShape(draft: Draft, slot: string, field: FieldFacts | undefined): void {
  const node = draft.node('', slot);
  if (node === undefined || field === undefined) return;
  const shape = batchShape(field);
  if (!fits(node.attributes['shape'], shape)) setAttribute(draft, '', slot, 'shape', shape);
  if ((node.attributes['dtype'] ?? 'float32') !== field.dtype) {
    setAttribute(draft, '', slot, 'dtype', field.dtype === 'float32' ? undefined : field.dtype);
  }
}

/** Whether a declared shape can take the field's: any name of the batch will do. */
function fits(given: unknown, wanted: readonly (number | string)[]): boolean {
  if (!Array.isArray(given) || given.length !== wanted.length) return false;
  return wanted.every((size, axis) => given[axis] === size || (size === 'N' && typeof given[axis] === 'string'));
}

/** Class labels that arrive at a loss are counted right or wrong, unless metrics are chosen already. */
function addAccuracy(draft: Draft, source: Source, bind: Readonly<Record<string, string>>): void {
  if (draft.training().metrics.length > 0) return;
  const edges = draft.edges('');
  for (const node of draft.nodes('')) {
    const wiredTarget = edges.find(({ to }) => to === `${node.id}.target`)?.from;
    const slot = wiredTarget === undefined ? `${node.id}.target` : endpointNode(wiredTarget);
    const field = source.fields[bind[slot] ?? ''];
    const scores = edges.find(({ to }) => to === `${node.id}.x`)?.from;
    if (!findOperator(node.op)?.traits.loss || field?.classes === undefined || scores === undefined) continue;
    setTraining(draft, { metrics: [{ kind: 'accuracy', scores, target: wiredTarget ?? `${node.id}.target` }] });
    return;
  }
}
