// ONNX nodes with every giver first. Files must be in that order; one that is not is sorted, nodes that wait for themselves
// or for nothing come last, in the file's order.
import type { NodeProto } from '../onnx-messages.generated.js';

/** @param known names that are there before any node */
export function orderNodes(nodes: readonly NodeProto[], known: ReadonlyMap<string, unknown>): readonly NodeProto[] {
  const giver = new Map<string, number>();
  for (const [index, { output }] of nodes.entries()) for (const name of output) if (name !== '') giver.set(name, index);
  const before = nodes.map(
    ({ input }) => new Set(input.flatMap((name) => (known.has(name) ? [] : (giver.get(name) ?? [])))),
  );
  const after = nodes.map((): number[] => []);
  for (const [index, givers] of before.entries()) for (const each of givers) after[each]?.push(index);
  if (before.every((givers, index) => [...givers].every((each) => each < index))) return nodes;
  const open = before.map((givers) => givers.size);
  const ready = open.flatMap((count, index) => (count === 0 ? [index] : []));
  const ordered: number[] = [];
  for (let index = ready.shift(); index !== undefined; index = ready.shift()) {
    ordered.push(index);
    for (const next of after[index] ?? []) if (--(open[next] as number) === 0) ready.push(next);
  }
  const placed = new Set(ordered);
  return [...ordered, ...[...nodes.keys()].filter((index) => !placed.has(index))].map(
    (index) => nodes[index] as NodeProto,
  );
}
