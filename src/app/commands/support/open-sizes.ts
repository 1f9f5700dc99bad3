// Sizes that a model leaves open: which there are, what is usual for them, and the graph with numbers in their place. N is the
// batch and stays.
import type { GraphFile } from '../../../graph/schema.ts';

export interface OpenSize {
  readonly name: string;
  /** Inputs in whose shapes it stands. */
  readonly inputs: readonly string[];
  readonly suggestion: number;
}

const batch = 'N';

/** In the order in which they are met. */
export function openSizes({ nodes }: GraphFile): readonly OpenSize[] {
  const found = new Map<string, { inputs: string[]; suggestion: number }>();
  for (const { id, op, attributes } of nodes) {
    const { shape } = attributes;
    if (op !== 'input' || !Array.isArray(shape)) continue;
    shape.forEach((size: unknown, axis) => {
      if (typeof size !== 'string' || size === batch) return;
      const known = found.get(size);
      if (known === undefined) found.set(size, { inputs: [id], suggestion: usual(shape.length, axis) });
      else if (!known.inputs.includes(id)) known.inputs.push(id);
    });
  }
  return [...found].map(([name, rest]) => ({ name, ...rest }));
}

/** One example, three colours, the side of ImageNet's pictures, a short sequence. */
function usual(rank: number, axis: number): number {
  if (axis === 0) return 1;
  if (rank === 4) return axis === 1 ? 3 : 224;
  return 16;
}

/** Sizes that are not among those given stay open. */
export function withSizes(graph: GraphFile, sizes: Readonly<Record<string, number>>): GraphFile {
  const nodes = graph.nodes.map((node) => {
    const { shape } = node.attributes;
    if (node.op !== 'input' || !Array.isArray(shape)) return node;
    const fixed = shape.map((size: unknown) =>
      typeof size === 'string' && Object.hasOwn(sizes, size) ? sizes[size] : size,
    );
    return { ...node, attributes: { ...node.attributes, shape: fixed } };
  });
  return { ...graph, nodes };
}
