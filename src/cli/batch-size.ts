// Sizes of symbolic dimensions, from `--dim` and from the feeds: an input declared [N, 1, 28, 28] that is fed
// [4, 1, 28, 28] makes N 4.
import type { GraphFile } from '../graph/schema.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { CommandFailure } from './failure.ts';

export function dimensions(
  graph: GraphFile,
  given: readonly string[],
  feeds: ReadonlyMap<string, Tensor>,
): Record<string, number> {
  const dims: Record<string, number> = {};
  for (const text of given) {
    const match = /^([A-Za-z_]\w*)=(\d+)$/.exec(text);
    if (!match) throw new CommandFailure(`--dim takes name=size, not \`${text}\``, 2);
    dims[match[1] as string] = Number(match[2]);
  }
  for (const node of graph.nodes) {
    const shape = node.attributes['shape'];
    const feed = feeds.get(node.id) ?? feeds.get(`${node.id}.y`);
    if (!Array.isArray(shape) || !feed) continue;
    if (shape.length !== feed.shape.length)
      throw new CommandFailure(
        `the feed \`${node.id}\` has ${feed.shape.length} dimensions, the input ${shape.length}`,
      );
    shape.forEach((size: unknown, axis) => {
      if (typeof size !== 'string') return;
      const actual = feed.shape[axis] as number;
      if (dims[size] !== undefined && dims[size] !== actual)
        throw new CommandFailure(`${size} is ${dims[size]} and, by the feed \`${node.id}\`, ${actual}`);
      dims[size] = actual;
    });
  }
  return dims;
}
