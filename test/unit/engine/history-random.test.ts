// What a person may do in any order, through the engine's contract: train, step both ways, edit, load, take back, open another
// graph, look inside, run out of memory. Whatever was seen at a place of a branch stands there again, bit for bit, when it is
// come back to, and in a session that was saved there.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CompileReport, ControlCommand } from '../../../src/engine/protocol.ts';
import type { GraphFile } from '../../../src/graph/schema.ts';
import { type Bench, bench, open } from '../../support/engines.ts';
import { graphOf, type Json, type NodeSketch } from '../../support/graphs.ts';
import { graphFromMoves, type Move } from '../../support/random-graph.ts';

const rows = Array.from({ length: 23 }, (_, i) =>
  [(i * 7) % 11, (i * 5) % 13, i % 4].map((n) => n / 8 - 0.5).concat(i % 2),
);
const csv = new TextEncoder().encode(`a,b,c,label\n${rows.map((row) => row.join(',')).join('\n')}`);

const optimizers: readonly Json[] = [
  { kind: 'sgd', lr: 0.1 },
  { kind: 'nesterov', lr: 0.05, momentum: 0.9, weight_decay: 0.01 },
  { kind: 'adam', lr: 0.01 },
  { kind: 'adamw', lr: 0.02 },
  { kind: 'adagrad', lr: 0.05 },
  { kind: 'rmsprop', lr: 0.01, momentum: 0.5 },
  { kind: 'adadelta' },
  { kind: 'nadam', lr: 0.01 },
];

const schedules: readonly Json[] = [
  { kind: 'constant' },
  { kind: 'cosine', warmup: 3 },
  { kind: 'exponential', gamma: 0.7 },
  { kind: 'plateau', patience: 0, threshold: 0.3 },
  { kind: 'one_cycle' },
];

const pick = <T>(list: readonly T[], at: number): T => list[at % list.length] as T;

/** A random graph whose vectors and labels are rows of the table; pictures are values of the graph. */
function trained(moves: readonly Move[], setup: Move, more: number, source: string): GraphFile {
  const { sketch } = graphFromMoves(moves, setup);
  const batch = sketch.training?.['batch'] as number;
  const nodes: Record<string, NodeSketch> = {};
  for (const [id, node] of Object.entries(sketch.nodes)) {
    const [op, wires = {}] = node;
    // Losses of their own need no targets.
    if (op === 'mse_loss' || op === 'cross_entropy') {
      nodes[`${id}_square`] = ['square', wires];
      nodes[id] = ['mean', { x: `${id}_square.y` }];
    } else nodes[id] = node;
  }
  const value = Array.from({ length: batch * 40 }, (_, i) => Math.fround(((i * 37) % 19) / 9 - 1));
  nodes['image'] = ['input', {}, { shape: [batch, 2, 4, 5] }, { value }];
  nodes['head'] = ['linear', { x: 'vector.y' }, { out_features: 2 }];
  nodes['norm'] = ['batch_norm', { x: 'head.y' }];
  nodes['label_loss'] = ['cross_entropy', { x: 'norm.y' }];
  const loss = sketch.training?.['loss'] as string;
  nodes['all'] = ['add', { a: loss, b: 'label_loss.y' }];
  return graphOf({
    ...sketch,
    nodes,
    training: {
      ...sketch.training,
      loss: 'all.y',
      epochs: 6,
      numerics: pick(['fast', 'strict'], more),
      optimizer: pick(optimizers, more),
      schedule: pick(schedules, more >> 1),
      data: { source, bind: { vector: 'x', 'label_loss.target': 'label' }, validation: 0.2 },
    },
  });
}

interface Act {
  readonly kind: (typeof kinds)[number];
  readonly at: number;
  readonly value: number;
}

const kinds = [
  'train',
  'train',
  'control',
  'control',
  'seek',
  'edit',
  'edit',
  'rate',
  'load',
  'take back',
  'switch',
  'breakpoints',
  'memory',
  'reset',
  'graph',
  'save',
] as const;

const commands: readonly ControlCommand[] = [
  { kind: 'step' },
  { kind: 'step', by: 'phase' },
  { kind: 'step', by: 'iteration' },
  { kind: 'step_back' },
  { kind: 'step_back', by: 'phase' },
  { kind: 'step_back', by: 'iteration' },
  { kind: 'continue' },
  { kind: 'reverse_continue' },
  { kind: 'finish' },
  { kind: 'restart' },
  { kind: 'step_out' },
  { kind: 'run_to_node', path: 'norm' },
];

const act: fc.Arbitrary<Act> = fc.record({
  kind: fc.constantFrom(...kinds),
  at: fc.nat(1000),
  value: fc.integer({ min: -300, max: 300 }).map((n) => n / 100),
});

interface Session extends Bench {
  graph: GraphFile;
  report: CompileReport;
  revision: number;
  weights: Uint8Array<ArrayBuffer> | null;
}

type Bits = Readonly<Record<string, readonly number[]>>;

/** Everything that stands here and that has a name: bits. */
async function standing({ engine }: Bench, { steps, nodes }: CompileReport): Promise<Bits> {
  const parameters = Object.values(nodes).flatMap((node) => node.parameters);
  const names = [...new Set([...steps.flatMap(({ writes }) => writes), ...parameters, 'vector.y', 'image.y', 'lr'])];
  const { summaries } = await engine.summaries(
    names.map((name) => ({ name, example: 0 })),
    'light',
  );
  const known = summaries.filter(({ state }) => state === 'computed').map(({ name }) => name);
  const read = known.map(async (name) => {
    const found = await engine.read(name);
    return [name, [...new Int32Array(found?.data.buffer ?? new ArrayBuffer(0))]] as const;
  });
  return Object.fromEntries(await Promise.all(read));
}

async function place({ engine }: Bench) {
  const { branch, position, branches } = await engine.timeline();
  return { branch, ...position, branches };
}

async function perform(own: Session, { kind, at, value }: Act): Promise<void> {
  const { engine } = own;
  const reopened = async (graph: GraphFile, branch?: number): Promise<void> => {
    own.graph = graph;
    own.revision++;
    own.report = await engine.open({ graph, revision: own.revision, ...(branch === undefined ? {} : { branch }) });
  };
  switch (kind) {
    case 'train':
      for (let i = 0; i <= at % 4; i++) await engine.train('iterate');
      return;
    case 'control':
      await engine.control(pick(commands, at));
      return;
    case 'seek': {
      const { branches, branch } = await engine.timeline();
      const { length, first } = branches.find(({ id }) => id === branch) ?? { length: 0, first: 0 };
      const iteration = first + (at % (length - first + 1));
      await engine.seek({ iteration, step: at % (own.report.steps.length + 1) });
      return;
    }
    case 'edit': {
      const names = Object.keys(await standing(own, own.report)).filter((name) => name !== 'lr');
      const name = pick(names, at);
      const { data } = (await engine.read(name)) ?? { data: [] };
      await engine.setElements(name, [{ index: at % data.length, value }]);
      return;
    }
    case 'rate':
      await engine.setLearningRate(Math.abs(value) / 10);
      return;
    case 'load':
      if (own.weights) await engine.loadWeights(own.weights);
      own.weights = (await engine.exportFile('safetensors')).bytes;
      return;
    case 'take back': {
      const { edits = 0 } = await engine.control({ kind: 'run_to', step: at % (own.report.steps.length + 1) });
      if (edits > 0) await engine.takeBack(edits);
      return;
    }
    case 'switch': {
      const { branches } = await engine.timeline();
      const { id } = pick(branches, at);
      const { graph } = await engine.switchBranch(id);
      if (graph) await reopened(graph, id);
      return;
    }
    case 'breakpoints':
      await engine.setBreakpoints(
        [
          [],
          [{ path: 'head', phase: 'backward' as const, enabled: true, condition: `norm(grad(weight)) > ${value}` }],
          [{ path: 'norm', phase: 'forward' as const, enabled: true, log: '{mean(y)} {norm(update(head.weight))}' }],
          [{ path: 'all', phase: 'forward' as const, enabled: true, hits: '% 3' }],
        ][at % 4] ?? [],
      );
      return;
    case 'memory': {
      const { bytes, snapshots } = await engine.timeline();
      const each = snapshots.length === 0 ? 4096 : bytes / snapshots.length;
      await engine.setRecording({ limitBytes: each * (2 + (at % 5)), on: at % 3 !== 0 });
      return;
    }
    case 'reset':
      if (at % 3 === 0) await engine.reset();
      return;
    case 'graph': {
      const { training } = own.graph;
      const optimizer = { ...training.optimizer, lr: 0.01 + (at % 5) / 100 };
      if (at % 2 === 0) await reopened({ ...own.graph, training: { ...training, optimizer } });
      return;
    }
    case 'save':
      return;
  }
}

/** Opened by somebody else: the same place, the same numbers, and the same from there on. */
async function judgeSaved(own: Session, seen: Bits): Promise<void> {
  const { bytes } = await own.engine.exportFile('chainrule');
  if (!bytes) throw new Error('nothing was saved');
  const other = bench();
  await other.engine.addData([{ name: 'rows.csv', bytes: csv }]);
  const { graph, session } = await other.engine.openFile({ id: 1, name: 'a.chainrule', bytes });
  if (!graph) throw new Error('cannot be opened');
  const report = await other.engine.open({ graph, revision: 1, fresh: true, weights: 1 });
  const here = await place(own);
  const there = await place(other);
  expect([there.iteration, there.step]).toEqual([here.iteration, here.step]);
  expect(session?.position).toEqual({ iteration: here.iteration, step: here.step });
  expect(await standing(other, report)).toEqual(seen);
  for (const each of [own, other]) {
    await each.engine.setBreakpoints([]);
    await each.engine.control({ kind: 'finish' });
  }
  expect(await standing(other, report)).toEqual(await standing(own, own.report));
  await own.engine.control({ kind: 'run_to', step: here.step });
}

const edits: readonly string[] = ['edit', 'rate', 'load', 'take back'];

test('whatever was done, what was seen at a place is there again', { timeout: 240_000 }, async () => {
  const move = fc.record({ kind: fc.nat(40), from: fc.nat(6), other: fc.nat(9), size: fc.nat(9) });
  let compared = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(move, { minLength: 1, maxLength: 4 }),
      move,
      fc.nat(1000),
      fc.array(act, { minLength: 4, maxLength: 16 }),
      async (moves, setup, more, acts) => {
        const first = bench();
        const { source } = await first.engine.addData([{ name: 'rows.csv', bytes: csv }]);
        const graph = trained(moves, setup, more, source?.id ?? '');
        const own: Session = { ...first, graph, report: await open(first.engine, graph), revision: 1, weights: null };
        const sights = new Map<string, Bits>();
        const look = async (): Promise<void> => {
          const { branch, iteration, step } = await place(own);
          const key = `${branch} ${iteration} ${step}`;
          const seen = await standing(own, own.report);
          const before = sights.get(key);
          if (before) {
            compared++;
            expect(seen, key).toEqual(before);
          }
          sights.set(key, seen);
        };
        for (const each of acts) {
          const from = await place(own);
          await perform(own, each);
          const to = await place(own);
          // An edit of what was never run needs no branch: what was seen there is no more.
          if (edits.includes(each.kind) && (from.branch === to.branch || each.kind === 'take back'))
            for (const key of [...sights.keys()]) {
              const [branch, iteration] = key.split(' ').map(Number) as [number, number];
              const own = branch === to.branch || branch === from.branch;
              if (own && iteration >= Math.min(from.iteration, to.iteration)) sights.delete(key);
            }
          await look();
          if (each.kind === 'save') await judgeSaved(own, await standing(own, own.report));
        }
        for (const key of [...sights.keys()].reverse()) {
          const [branch, iteration, step] = key.split(' ').map(Number) as [number, number, number];
          const { branches } = await own.engine.timeline();
          const found = branches.find(({ id }) => id === branch);
          if (!found) continue;
          const { graph: other } = await own.engine.switchBranch(branch);
          if (other) {
            own.graph = other;
            own.report = await own.engine.open({ graph: other, revision: ++own.revision, branch });
          }
          expect((await place(own)).branch).toBe(branch);
          if (iteration < found.first) continue;
          await own.engine.seek({ iteration, step });
          await look();
        }
      },
    ),
    { numRuns: 40, seed: 17 },
  );
  expect(compared).toBeGreaterThan(100);
});
