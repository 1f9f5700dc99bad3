// Random graph files that fit every structural rule: unary, binary and variadic operators, titles, notes, blocks with
// arguments, uses of blocks. Shapes need not fit: that is the compiler's matter.
import fc from 'fast-check';
import { readGraph } from '../../../src/graph/read-graph.ts';
import type { GraphFile } from '../../../src/graph/schema.ts';
import { isIdentifier } from '../../../src/language/identifier.ts';

const id = fc.stringMatching(/^[a-z_][A-Za-z0-9_]{0,5}$/).filter(isIdentifier);
const position = fc.tuple(fc.integer({ min: -2000, max: 2000 }), fc.double({ min: -1e4, max: 1e4, noNaN: true }));

interface Recipe {
  readonly id: string;
  readonly kind: 'input' | 'relu' | 'add' | 'concat' | 'linear' | 'use';
  readonly picks: readonly number[];
  readonly position: readonly [number, number] | undefined;
  readonly title: string | undefined;
}

const recipe: fc.Arbitrary<Recipe> = fc.record({
  id,
  kind: fc.constantFrom('input', 'relu', 'add', 'concat', 'linear', 'use'),
  picks: fc.array(fc.nat(1000), { minLength: 3, maxLength: 3 }),
  position: fc.option(position, { nil: undefined }),
  title: fc.option(fc.string(), { nil: undefined }),
});

const recipes = fc.uniqueArray(recipe, { selector: (each) => each.id, maxLength: 12 });

function build(list: readonly Recipe[], inBlock: boolean): { nodes: unknown[]; edges: { from: string; to: string }[] } {
  const nodes: unknown[] = [];
  const edges: { from: string; to: string }[] = [];
  const sources: string[] = inBlock ? ['in.x'] : [];
  for (const { id: node, kind, picks, position: place, title } of list) {
    const pick = (index: number) => sources[(picks[index] as number) % sources.length] as string;
    const wire = (port: string, index: number) => {
      if (sources.length > 0 && (picks[index] as number) % 5 !== 0)
        edges.push({ from: pick(index), to: `${node}.${port}` });
    };
    const more = { ...(place && { position: place }), ...(title !== undefined && { title }) };
    if (kind === 'input') nodes.push({ id: node, op: 'input', attributes: { shape: ['N', 3] }, value: picks, ...more });
    else if (kind === 'linear') {
      const features = inBlock && (picks[2] as number) % 2 ? { arg: 'size' } : (picks[2] as number) + 1;
      const parameters = { weight: { init: { kind: 'normal', std: 0.5 }, trainable: false } };
      nodes.push({ id: node, op: 'linear', attributes: { out_features: features }, parameters, ...more });
    } else if (kind === 'use' && !inBlock)
      nodes.push({ id: node, op: 'block', block: 'part', arguments: { size: picks[0] }, ...more });
    else nodes.push({ id: node, op: kind === 'use' ? 'relu' : kind, ...more });
    if (kind === 'add') ['a', 'b'].forEach(wire);
    else if (kind === 'concat' && sources.length > 0)
      for (const k of [0, 1, 2]) edges.push({ from: pick(k), to: `${node}.x${k}` });
    else if (kind !== 'input') wire('x', 0);
    sources.push(`${node}.y`);
  }
  return { nodes, edges };
}

/** Raw JSON of a graph file that reads without a diagnostic. */
export const rawGraphs: fc.Arbitrary<Record<string, unknown>> = fc
  .record({
    name: fc.string(),
    seed: fc.nat(),
    top: recipes,
    inner: recipes,
    note: fc.option(fc.string(), { nil: undefined }),
    epochs: fc.integer({ min: 1, max: 99 }),
  })
  .map(({ name, seed, top, inner, note, epochs }) => {
    const inside = build(inner, true);
    const last = inner.at(-1);
    return {
      format: 'chainrule/graph',
      version: 1,
      name,
      seed,
      ...build(top, false),
      blocks: {
        part: {
          arguments: { size: 4 },
          inputs: [{ name: 'x' }],
          outputs: ['y'],
          ...inside,
          edges: [...inside.edges, ...(last ? [{ from: `${last.id}.y`, to: 'out.y' }] : [])],
        },
      },
      notes: note === undefined ? [] : [{ id: 'n', text: note, position: [0, 1] }],
      training: { epochs, ...(top[0] ? { loss: `${top[0].id}.y` } : {}) },
    };
  });

/** The same, read. */
export const graphs: fc.Arbitrary<GraphFile> = rawGraphs.map((raw) => {
  const { graph, diagnostics } = readGraph(raw);
  if (graph === null || diagnostics.length > 0) throw new Error(JSON.stringify(diagnostics[0]));
  return graph;
});
