// Where `chainrule debug` stops, the page stops: stepping and training, with the same numbers. Truth: the iteration is found here, in
// numbers that log points wrote of a run that nobody stopped; place and values are held against the engine of the page.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { main } from '../../../src/cli/main.ts';
import type { Breakpoint, BreakpointHit } from '../../../src/engine/protocol/halts.ts';
import { bench, open } from '../../support/engines.ts';
import { spirals } from '../../support/halts.ts';

const file = new URL('../../../examples/spirals.json', import.meta.url).pathname;
const epochs = 4;
const graph = { ...spirals, training: { ...spirals.training, epochs } };

async function debug(...args: string[]) {
  const [out, err]: [string[], string[]] = [[], []];
  const io = { out: (text: string) => void out.push(text), err: (line: string) => void err.push(line), columns: null };
  const code = await main(['debug', file, '--numerics', 'strict', '--epochs', String(epochs), ...args], io);
  const lines = out
    .join('')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown> & { readonly values: Record<string, number> });
  return { code, lines, err: err.join('') };
}

const place = fc.constantFrom(
  ...(['fc1', 'scores'] as const).flatMap((path) =>
    (['forward', 'backward', 'update'] as const).map((phase) => ({ path, phase })),
  ),
  { path: '', phase: 'forward' as const },
);
const reduction = fc.constantFrom('sum', 'mean', 'min', 'max', 'norm', 'std', 'absmax');
const value = fc.constantFrom(
  'fc1.y',
  'relu.y',
  'scores.y',
  'fc1.weight',
  'scores.bias',
  'grad(fc1.weight)',
  'grad(relu.y)',
  'grad(scores.y)',
  'update(fc1.weight)',
  'x.y',
);
const asked = fc.oneof(
  fc.tuple(reduction, value).map(([of, name]) => `${of}(${name})`),
  fc.tuple(reduction, value, value).map(([of, a, b]) => `${of}(${a}) - mean(abs(${b}))`),
  fc.constantFrom('loss', 'fc1.weight[0, -1]', 'relu.y[-1, 3] + loss', 'mean(relu.y == 0)', 'iteration * lr - loss'),
);

const pick = ({ iteration, cursor: step, node, phase, values, count }: BreakpointHit) => ({
  iteration,
  step,
  node,
  phase,
  values,
  count,
});

test('a condition that begins to hold at a random iteration', { timeout: 300_000 }, async () => {
  let stops = 0;
  await fc.assert(
    fc.asyncProperty(place, asked, fc.nat(11), async ({ path, phase }, expression, at) => {
      const where = path === '' ? '' : `${path}.${phase}: `;
      const log = await debug('--log', `${where}{${expression}}`);
      if (log.code === 2) throw new Error(log.err);
      const series = log.lines.map(({ values }) => Number(values[expression]));
      expect(series).toHaveLength(12);
      const condition = `${expression} >= ${series[at]}`;
      const first = series.findIndex((each) => each >= (series[at] as number));
      const told = await debug('--break', `${where}${condition}`);
      expect([told.code, told.lines.length]).toEqual([3, 1]);
      expect(told.lines[0]?.['iteration'], condition).toBe(first);

      const breakpoint: Breakpoint = { id: 'b', path, phase, enabled: true, condition };
      const trained = bench();
      await open(trained.engine, graph);
      await trained.engine.setBreakpoints([breakpoint]);
      await trained.engine.train('start');
      await trained.until(({ status }) => status !== 'running');
      const [byTraining] = (await trained.engine.session()).hits ?? [];

      const stepped = bench();
      await open(stepped.engine, graph);
      await stepped.engine.setBreakpoints([breakpoint]);
      let [byStepping] = [] as BreakpointHit[];
      for (let i = 0; i < 14 && !byStepping; i++)
        [byStepping] = (await stepped.engine.control({ kind: 'continue' })).hits ?? [];

      // Stepping begins at the first step of the first iteration, and leaves the place where it stands.
      const standsThere = told.lines[0]?.['iteration'] === 0 && told.lines[0]['step'] === 0;
      for (const hit of standsThere ? [byTraining] : [byTraining, byStepping]) {
        expect(hit, condition).toBeDefined();
        if (hit)
          expect({ kind: 'hit', ...pick(hit) }, condition).toEqual(expect.objectContaining(withoutRest(told.lines[0])));
      }
      stops++;
    }),
    { numRuns: 25 },
  );
  expect(stops).toBe(25);
});

function withoutRest(line: Readonly<Record<string, unknown>> | undefined) {
  const { epoch: _, expression: __, ...rest } = line ?? {};
  return rest;
}
