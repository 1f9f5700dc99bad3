// Sizes of symbolic dimensions, as given and from the feeds: an input declared [N, 1, 28, 28] that is fed [4, 1, 28, 28]
// makes N 4.
import type { GraphFile } from '../graph/schema.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { refuse } from './refused.ts';

/** Refuses feeds that contradict `given` or one another, and feeds of another rank. */
export function dimensions(
  graph: GraphFile,
  given: Readonly<Record<string, number>>,
  feeds: ReadonlyMap<string, Tensor>,
): Record<string, number> {
  const dims = new Map(Object.entries(given));
  for (const node of graph.nodes) {
    const shape = node.attributes['shape'];
    const feed = feeds.get(node.id) ?? feeds.get(`${node.id}.y`);
    if (!Array.isArray(shape) || !feed) continue;
    if (shape.length !== feed.shape.length)
      refuse('E_FEED_SHAPE', `the feed \`${node.id}\` has ${feed.shape.length} dimensions, the input ${shape.length}`);
    shape.forEach((size: unknown, axis) => {
      if (typeof size !== 'string') return;
      const actual = feed.shape[axis] as number;
      const known = dims.get(size);
      if (known !== undefined && known !== actual)
        refuse('E_FEED_SHAPE', `${size} is ${known} and, by the feed \`${node.id}\`, ${actual}`);
      dims.set(size, actual);
    });
  }
  return Object.fromEntries(dims);
}
