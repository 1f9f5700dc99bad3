// Sizes that a model leaves open: which there are and what is usual for them. N is the batch and stays.
import type { GraphFile } from '../../../graph/schema.ts';
import type { QuestionField } from '../../state/view-store.ts';
import { laterTexts } from '../../ui/later-texts.ts';

const t = laterTexts.sizes;
const batch = 'N';
const largest = 65_536;

/** One field for each, in the order in which they are met; ids are the sizes' names. */
export function openSizes({ nodes }: GraphFile): readonly QuestionField[] {
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
  return [...found].map(([name, { inputs, suggestion }]) => ({
    id: name,
    label: name,
    hint: t.at(inputs.join(', ')),
    schema: { type: 'integer', minimum: 1, maximum: largest },
    suggestion,
  }));
}

/** One example, three colours, the side of ImageNet's pictures, a short sequence. */
function usual(rank: number, axis: number): number {
  if (axis === 0) return 1;
  if (rank === 4) return axis === 1 ? 3 : 224;
  return 16;
}
