// What the plan view, the passes, the profile and the overlays are told: held against the plan and against arithmetic by hand.
import { expect, test } from 'vitest';
import { bench, open } from '../../support/engines.ts';
import { example } from '../../support/graphs.ts';

test('buffers: none alive at the same time overlap, the peak is the lower bound, who takes over came later', async () => {
  const { engine } = bench();
  await open(engine, example('lenet5'));
  const plan = await engine.planFacts();
  if (!plan) throw new Error('no plan');
  const { buffers, peak } = plan;
  expect(buffers.length).toBeGreaterThan(20);
  for (const [i, a] of buffers.entries()) {
    for (const b of buffers.slice(i + 1)) {
      const apart = a.live[1] < b.live[0] || b.live[1] < a.live[0];
      const elsewhere = a.offset + a.bytes <= b.offset || b.offset + b.bytes <= a.offset;
      expect(apart || elsewhere, `${a.name} and ${b.name}`).toBe(true);
    }
    for (const index of a.takesOver) {
      const before = buffers[index];
      if (!before) throw new Error(`no buffer ${index}`);
      expect(before.live[1]).toBeLessThan(a.live[0]);
      expect(before.offset < a.offset + a.bytes && a.offset < before.offset + before.bytes).toBe(true);
    }
  }
  expect(buffers.some(({ takesOver }) => takesOver.length > 0)).toBe(true);
  expect(peak.bytes).toBe(plan.lowerBoundBytes);
  const alive = peak.buffers.reduce((sum, index) => sum + (buffers[index]?.paddedBytes ?? 0), 0);
  expect(alive).toBe(peak.bytes);
  expect(buffers.flatMap(({ views }) => views)).toContain('flatten.y');
});

test('steps: kernels, shapes, flops counted by hand, what is written in place', async () => {
  const { engine } = bench();
  const report = await open(engine, example('lenet5'));
  const plan = await engine.planFacts();
  const batch = report.values['image.y']?.shape[0] as number;
  const conv = plan?.steps.find((step) => step.node === 'conv2' && step.kernel.startsWith('conv2d weight_grad'));
  expect(conv?.phase).toBe('backward');
  expect(conv?.flops).toBe(2 * batch * 16 * 10 * 10 * 6 * 5 * 5);
  expect(conv?.shapes.writes).toEqual([[16, 6, 5, 5]]);
  const update = plan?.steps.filter((step) => step.phase === 'update') ?? [];
  expect(update.length).toBeGreaterThan(0);
  expect(update.flatMap((step) => step.inPlace)).toContain('fc3.weight');
  const forward = plan?.steps.find((step) => step.node === 'fc3' && step.phase === 'forward');
  expect(forward?.flops).toBe(batch * 10 * (2 * 84 + 1));
});

test.each(['lenet5', 'resnet'])('fused work is told of every node that it does: %s', async (name) => {
  const { engine } = bench();
  const report = await open(engine, example(name));
  const plan = await engine.planFacts();
  const steps = plan?.steps ?? [];
  const fused = steps.filter(({ role }) => role === 'fused');
  expect(fused.length).toBeGreaterThan(2);
  for (const { node, others } of fused) {
    expect(others.length).toBeGreaterThan(0);
    expect(others).not.toContain(node);
  }
  // Not backwards: what only hands a gradient on (an addition) is no work.
  const worked = new Set(report.steps.filter(({ phase }) => phase === 'forward').map(({ node }) => node));
  const told = steps.filter(({ phase }) => phase === 'forward').flatMap(({ node, others }) => [node, ...others]);
  expect([...worked].filter((node) => !told.includes(node))).toEqual([]);
});

test('passes: each begins where the one before ended; switched off it leaves the program as it was', async () => {
  const { engine } = bench();
  await open(engine, example('lenet5'));
  const all = await engine.passes({ plan: 'training', off: [] });
  expect(all?.passes.map(({ state }) => state)).not.toContain('off');
  const texts = [];
  const leftOut = [];
  for (const [index, { name, state, before, after }] of (all?.passes ?? []).entries()) {
    const text = await engine.passText(index);
    if (state === 'unasked') {
      expect(text).toBe(null);
      leftOut.push(name);
      continue;
    }
    if (!text) throw new Error(`pass ${index} did not run`);
    expect(text.before.split('\n')).toHaveLength(before as number);
    expect(text.after.split('\n')).toHaveLength(after as number);
    if (texts.length > 0) expect(text.before).toBe(texts.at(-1));
    texts.push(text.after);
  }
  // It is asked for, never chosen.
  expect(leftOut).toEqual(['recompute']);
  const without = await engine.passes({ plan: 'training', off: ['fuse'] });
  const at = without?.passes.findIndex(({ name }) => name === 'fuse') as number;
  expect(without?.passes[at]).toMatchObject({ state: 'off', before: null, after: null, changed: false });
  expect(await engine.passText(at)).toBe(null);
  expect(without?.instructions).toBeGreaterThan(all?.instructions as number);
  expect(without?.flops).toBe(all?.flops);
  const stepping = await engine.passes({ plan: 'stepping', off: [] });
  expect(stepping?.passes.find(({ name }) => name === 'fuse')?.state).toBe('left out');
});

test('profile: a time for every step of the plan, progress, and nothing that is looked at changes', async () => {
  const { engine, events } = bench();
  const report = await open(engine, example('lenet5'));
  await engine.control({ kind: 'run_to', step: 9 });
  const before = (await engine.read('conv1.weight'))?.data;
  const profile = await engine.profile({ plan: 'training', runs: 15 });
  if (!profile || 'diagnostics' in profile) throw new Error('no profile');
  const plan = await engine.planFacts();
  expect(profile.revision).toBe(report.revision);
  expect(profile.rows.map(({ node, label }) => `${node} ${label}`)).toEqual(
    plan?.steps.map(({ node, label }) => `${node} ${label}`),
  );
  expect(profile.rows.every(({ ms }) => ms >= 0)).toBe(true);
  const sum = profile.rows.reduce((total, { ms }) => total + ms, 0);
  // Two medians of the same work on a machine that others use, too.
  expect(sum / profile.totalMs).toBeGreaterThan(0.2);
  expect(sum / profile.totalMs).toBeLessThan(5);
  const shares = events.flatMap((event) => (event.kind === 'profile' ? [event.share] : []));
  expect(shares).toEqual([...shares].sort((a, b) => a - b));
  expect((await engine.read('conv1.weight'))?.data).toEqual(before);
  expect((await engine.control({ kind: 'step' })).cursor).toBe(10);
});

test('profile: called off, or when the graph changes, there is no answer', async () => {
  const { engine, events } = bench();
  await open(engine, example('lenet5'));
  const asked = engine.profile({ plan: 'stepping', runs: 50 });
  await engine.cancelProfile();
  expect(await asked).toBe(null);
  const again = engine.profile({ plan: 'stepping', runs: 50 });
  await open(engine, example('lenet5'), 2);
  expect(await again).toBe(null);
  expect(events.every((event) => event.kind !== 'failed')).toBe(true);
});
