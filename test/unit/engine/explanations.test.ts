// The engine's answers about single numbers on LeNet-5: what is told is what stands in memory, wherever the debugger has gone.
import { describe, expect, test } from 'vitest';
import { createEngine } from '../../../src/engine/engine.ts';
import type { GradientCheckState } from '../../../src/engine/protocol/explain.ts';
import type { EngineEvent } from '../../../src/engine/protocol.ts';
import { formatExact } from '../../../src/tensor/number-text.ts';
import { example, graphOf, registry } from '../../support/graphs.ts';

async function engineWith(graph = example('lenet5'), operators = registry.operators) {
  const events: EngineEvent[] = [];
  const engine = createEngine({ registry: { ...registry, operators }, emit: (event) => events.push(event) });
  const report = await engine.open({ graph, revision: 4 });
  expect(report.runnable).toBe(true);
  return { engine, events };
}

describe('explain', () => {
  test('from the loss to a pixel, each number the one that stands there', async () => {
    const { engine } = await engineWith();
    await engine.control({ kind: 'finish' });
    const way: string[] = [];
    let place = { name: 'loss.y', index: 0 };
    for (let n = 0; n < 20; n++) {
      const story = await engine.explain({ ...place, most: 3 });
      if (story === null) throw new Error(`${place.name} is not explained`);
      const read = await engine.read(place.name);
      expect(story.value).toBe(read?.data[place.index]);
      expect(Math.abs(story.result - story.value)).toBeLessThanOrEqual(2e-6 * Math.max(1, Math.abs(story.value)));
      expect(story.revision).toBe(4);
      way.push(place.name);
      const onward = story.terms
        .flatMap(({ factors }) => factors)
        .find(({ element }) => element?.name.endsWith('.y'))?.element;
      if (onward === undefined) break;
      place = onward;
    }
    expect(way[0]).toBe('loss.y');
    expect(way.at(-1)).toBe('image.y');
    expect(way).toContain('conv2.y');
  });

  test('terms are paged, the rest is summed, and all of them are the whole', async () => {
    const { engine } = await engineWith();
    await engine.control({ kind: 'finish' });
    const few = await engine.explain({ name: 'grad(conv1.weight)', index: 3, most: 5 });
    const all = await engine.explain({ name: 'grad(conv1.weight)', index: 3, most: 1e9 });
    expect(few?.terms).toHaveLength(5);
    expect(all?.rest).toBeNull();
    expect(all?.terms).toHaveLength(few?.termCount ?? -1);
    expect(few?.rest?.count).toBe((few?.termCount ?? 0) - 5);
    const sum = (few?.terms ?? []).reduce((total, { value }) => total + value, few?.rest?.value ?? 0);
    expect(sum).toBeCloseTo(few?.result ?? Number.NaN, 12);
    const sizes = (all?.terms ?? []).map(({ value }) => Math.abs(value));
    expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
  });

  test('the sentence writes its number as the page does: every digit that counts, and a true minus', async () => {
    const { engine } = await engineWith();
    await engine.control({ kind: 'finish' });
    let negative = 0;
    for (const name of [
      'conv1.y',
      'fc1.y',
      'relu1.y',
      'loss.y',
      'grad(conv1.weight)',
      'grad(fc1.y)',
      'update(fc1.bias)',
    ])
      for (let index = 0; index < 6; index++) {
        const told = await engine.explain({ name, index });
        if (told === null) continue;
        if (told.result < 0) negative++;
        expect(told.text).toContain(formatExact(told.result));
        expect(told.text).not.toMatch(/(?<!\w)-\d|e-\d|[−·+/] ?−\d/);
      }
    expect(negative).toBeGreaterThan(3);
  });

  test('after the update a gradient is still told with the weights that made it, and the update as it was', async () => {
    const { engine } = await engineWith();
    await engine.control({ kind: 'run_to_node', path: 'conv1', phase: 'backward' });
    const at = { name: 'grad(pool1.y)', index: 321 };
    const before = await engine.explain(at);
    const weight = (await engine.read('conv1.weight'))?.data[7] ?? Number.NaN;
    const expected = await engine.explain({ name: 'update(conv1.weight)', index: 7 });
    await engine.control({ kind: 'finish' });
    expect(await engine.explain(at)).toEqual(before);
    const update = await engine.explain({ name: 'update(conv1.weight)', index: 7 });
    const now = (await engine.read('conv1.weight'))?.data[7] ?? Number.NaN;
    expect(update?.value).toBeCloseTo(now - weight, 7);
    expect(update?.result).toBe(expected?.result);
    expect(update?.text).toContain('lr');
  });

  test('a convolution shows its patch, pooling its winner; padding stands empty', async () => {
    const { engine } = await engineWith();
    await engine.control({ kind: 'finish' });
    const conv = await engine.explain({ name: 'conv1.y', index: 10 * 28 + 12 });
    const [row] = conv?.grids ?? [];
    expect(row?.map(({ title, rows, columns }) => [title, rows, columns])).toEqual([
      ['patch', 5, 5],
      ['filter', 5, 5],
      ['products', 5, 5],
    ]);
    const [patch, filter, products] = row ?? [];
    for (const [i, value] of (products?.values ?? []).entries())
      expect(value).toBeCloseTo((patch?.values[i] ?? 0) * (filter?.values[i] ?? 0), 12);
    const image = await engine.read('image.y');
    expect(patch?.values[0]).toBe(image?.data[8 * 28 + 10]);
    const pool = await engine.explain({ name: 'pool1.y', index: 100 });
    const window = pool?.grids[0]?.[0];
    expect(window?.values[window.chosen ?? -1]).toBe(pool?.value);
  });

  test('what is not computed or does not exist has no story', async () => {
    const { engine } = await engineWith();
    expect(await engine.explain({ name: 'conv1.y', index: 0 })).toBeNull();
    await engine.control({ kind: 'finish' });
    expect(await engine.explain({ name: 'conv1.y', index: 0 })).not.toBeNull();
    for (const [name, index] of [
      ['nowhere.y', 0],
      ['conv1.y', -1],
      ['conv1.y', 1e9],
      ['conv1.y', 0.5],
      ['update(conv1.y)', 0],
      ['__proto__', 0],
    ] as const)
      expect(await engine.explain({ name, index })).toBeNull();
    expect(await engine.gradientAccount('nowhere.y')).toBeNull();
    expect(await engine.elementFields('conv1.y', 1e9)).toBeNull();
  });
});

describe('sequences', () => {
  const cases = (['lstm', 'gru', 'rnn'] as const).flatMap((op) =>
    [{}, { num_layers: 2, bidirectional: true }].map((more) => ({ op, more })),
  );

  test.each(cases)(
    '$op $more: an element tells its gates, those that stand there once the node is opened',
    async ({ op, more }) => {
      const graph = graphOf({
        nodes: {
          x: ['input', {}, { shape: [4, 3, 5] }],
          seq: [op, { x: 'x.y' }, { hidden_size: 6, ...more }],
          loss: ['mse_loss', { x: 'seq.y' }],
        },
        training: { loss: 'loss.y' },
      });
      const { engine } = await engineWith(graph);
      const x = Array.from({ length: 60 }, (_, index) => ({ index, value: ((index * 37) % 41) / 20 - 1 }));
      await engine.setElements('x.y', x);
      await engine.control({ kind: 'run_to_node', path: 'loss', phase: 'forward' });
      const width = 'bidirectional' in more ? 12 : 6;
      const asked = [0, 1, 2, 3].map((t) => ({
        name: 'seq.y',
        index: (t * 3 + (t % 3)) * width + ((5 * t + 2) % width),
      }));
      asked.push({ name: op === 'lstm' ? 'seq.c_n' : 'seq.h_n', index: 10 });
      const told = await Promise.all(asked.map((place) => engine.explain(place)));
      await engine.open({ graph, revision: 5, expand: ['seq'] });
      await engine.setElements('x.y', x);
      await engine.control({ kind: 'run_to_node', path: 'loss', phase: 'forward' });
      for (const [i, story] of told.entries()) {
        if (story === null) throw new Error(`${asked[i]?.name} is not explained`);
        const { inside, parts, value } = story;
        if (inside === null) throw new Error(`${story.name} has no inside`);
        const cell = await engine.explain(inside);
        // The node tells it as before, though what is inside computes it now.
        const again = await engine.explain(asked[i] as (typeof asked)[number]);
        expect(again).toMatchObject({ op, inside });
        expect(cell?.op).toBe(`${op}_cell`);
        expect(cell?.at).toEqual(inside.at);
        expect(Math.abs((cell?.value ?? Number.NaN) - value)).toBeLessThan(1e-6);
        expect(parts.length).toBeGreaterThan(2);
        const bare = (label: string) => label.replace(/-?\d[\d.e-]*/g, '#');
        expect(cell?.parts.map(({ label }) => bare(label))).toEqual(parts.map(({ label }) => bare(label)));
        for (const [k, part] of parts.entries())
          expect(Math.abs((cell?.parts[k]?.value ?? Number.NaN) - part.value), part.label).toBeLessThan(1e-5);
        const by = Object.fromEntries(parts.map((part) => [part.label.split(',')[0] as string, part.value]));
        const { i: write = 0, f: keep = 0, g = 0, o = 0, c: old = 0, z = 0, n = 0, h = 0 } = by;
        const made = { lstm: keep * old + write * g, gru: (1 - z) * n + z * h, rnn: Math.tanh(z) }[op];
        expect(
          Math.abs((op === 'lstm' && !story.name.includes('c_n') ? o * Math.tanh(made) : made) - value),
        ).toBeLessThan(1e-6);
      }
    },
  );
});

describe('gradient check', () => {
  test('the whole graph is right; max pooling’s kinks have their sentence', async () => {
    const { engine } = await engineWith();
    await engine.control({ kind: 'finish' });
    const state = await engine.checkGradients({ path: null });
    expect(state.status).toBe('finished');
    expect(state.nodes.map(({ path }) => path)).toContain('conv2');
    for (const node of state.nodes) {
      expect(node.passed, node.path).toBe(true);
      expect(node.error).toBeLessThan(1e-6);
      if (node.kinks > 0) expect(node.kinkNote).not.toBe('');
    }
  });

  test('a wrong gradient is found, on its node alone; a kink is none', async () => {
    const { tanh, exp } = registry.operators;
    const operators = { ...registry.operators, tanh: { ...tanh, gradient: exp?.gradient ?? null } };
    const graph = graphOf({
      nodes: {
        x: ['input', {}, { shape: ['N', 4] }, { value: [0, 0.5, -1, 2] }],
        bend: ['tanh', { x: 'x.y' }],
        edge: ['relu', { x: 'x.y' }],
        both: ['add', { a: 'bend.y', b: 'edge.y' }],
        loss: ['mse_loss', { x: 'both.y' }],
      },
      training: { loss: 'loss.y', batch: 3 },
    });
    const { engine } = await engineWith(graph, operators as typeof registry.operators);
    const state = await engine.checkGradients({ path: null });
    const of = (path: string) => state.nodes.find((node) => node.path === path);
    expect(of('bend')?.passed).toBe(false);
    expect(of('edge')).toMatchObject({ passed: true, kinks: 2 });
    expect(of('edge')?.kinkNote).toContain('Kink');
    expect(of('both')?.passed).toBe(true);
    expect((await engine.checkGradients({ path: 'edge' })).nodes.map(({ path }) => path)).toEqual(['edge']);
  });

  test('a value that enters at two ports is moved at both, inside a block too', async () => {
    const { add, sub } = registry.operators;
    const square = (op: string) => ({ nodes: { m: [op, { a: 'in.a', b: 'in.b' }] as const }, outputs: { y: 'm.y' } });
    const graph = graphOf({
      nodes: {
        x: ['input', {}, { shape: [4] }, { value: [0.5, -1, 2, 3] }],
        own: ['mul', { a: 'x.y', b: 'x.y' }],
        block: ['block', { a: 'own.y', b: 'own.y' }, {}, { block: 'square' }],
        wrong: ['sub', { a: 'block.y', b: 'block.y' }],
        both: ['add', { a: 'wrong.y', b: 'block.y' }],
        loss: ['sum', { x: 'both.y' }],
      },
      blocks: { square: { inputs: [{ name: 'a' }, { name: 'b' }], ...square('mul') } },
      training: { loss: 'loss.y' },
    });
    const operators = { ...registry.operators, sub: { ...sub, gradient: add?.gradient ?? null } };
    const { engine } = await engineWith(graph, operators as typeof registry.operators);
    const { nodes } = await engine.checkGradients({ path: null });
    const of = (path: string) => nodes.find((node) => node.path === path);
    for (const path of ['own', 'block/m'])
      expect(of(path)).toMatchObject({ passed: true, ports: [{ port: 'a + b', checked: 4 }] });
    expect(of('wrong')?.passed).toBe(false);
  });

  test('a strong bend is no kink; where NaN is computed nothing can be compared', async () => {
    const graph = (op: string, value: readonly number[]) =>
      graphOf({
        nodes: {
          x: ['input', {}, { shape: [value.length] }, { value }],
          bend: [op, { x: 'x.y' }],
          loss: ['sum', { x: 'bend.y' }],
        },
        training: { loss: 'loss.y' },
      });
    const bend = async (op: string, value: readonly number[]) => {
      const { engine } = await engineWith(graph(op, value));
      const { nodes } = await engine.checkGradients({ path: 'bend' });
      return nodes.find(({ path }) => path === 'bend');
    };
    for (const op of ['log', 'sqrt', 'reciprocal'])
      expect(await bend(op, [1e-4, 3e-4, 2e-3, 0.5]), op).toMatchObject({ passed: true, kinks: 0 });
    expect(await bend('relu', [1e-6, -2e-6, 0, 1])).toMatchObject({ passed: true, kinks: 1 });
    // Where NaN is computed there is nothing to compare: no error, but not passed over in silence either.
    expect(await bend('log', [-1, 1])).toMatchObject({ passed: true, unclear: 2, ports: [{ checked: 0 }] });
  });

  test('tells how far it is, hears a cancel, and a second check ends the first', async () => {
    const { engine, events } = await engineWith();
    const first = engine.checkGradients({ path: null });
    const second = engine.checkGradients({ path: null, samples: 60 });
    const states = (): GradientCheckState[] =>
      events.flatMap((event) => (event.kind === 'gradient_check' ? [event.state] : []));
    while (!states().some(({ total }) => total > 0)) await new Promise((resolve) => setTimeout(resolve, 5));
    await engine.cancelGradientCheck();
    expect((await first).status).toBe('cancelled');
    expect((await second).status).toBe('cancelled');
    expect(states().every(({ done, total }) => done <= total)).toBe(true);
  });
});
