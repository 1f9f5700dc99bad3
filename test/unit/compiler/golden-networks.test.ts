// Whole networks against PyTorch, compiled and run on the generated kernels, in both numerics, with the debugger's plan (all
// kept) and the fast plan (memory re-used). Tolerances of the golden README: 1e-4 on losses and logits, 1e-3 relative to the
// largest entry on gradients, parameters and statistics.
import { describe, expect, test } from 'vitest';
import { operators } from '../../../src/operators/registry.generated.ts';
import { type GoldenNetwork, layeredNetwork, mlpNetwork, recurrentNetwork } from '../../support/golden-networks.ts';
import { bind, type Json, planOf, relativeError, run } from '../../support/graphs.ts';
import { type GoldenEntry, loadGoldenManifest } from '../../support/reference.ts';

type Named<T> = Readonly<Record<string, T>>;

const ids: Named<string> = {
  SGD: 'sgd',
  Momentum: 'momentum',
  Nesterov: 'nesterov',
  AdaGrad: 'adagrad',
  RMSProp: 'rmsprop',
  Adam: 'adam',
  AdamW: 'adamw',
};

/** A golden optimiser as the training set-up names it. */
function optimizerOf(given: Json): Json {
  const { name, nesterov: _, ...options } = given;
  return name === 'SGD' && (options['momentum'] ?? 0) === 0
    ? { kind: 'sgd', ...without(options, 'momentum', 'dampening') }
    : { kind: name === 'SGD' ? 'momentum' : ids[name as string], ...options };
}

function without(options: Json, ...names: string[]): Json {
  return Object.fromEntries(Object.entries(options).filter(([name]) => !names.includes(name)));
}

const entries = loadGoldenManifest().networks;

function build(entry: GoldenEntry, training: Json): GoldenNetwork | null {
  if (entry['kind'] === 'network') return layeredNetwork(entry, training);
  return entry['kind'] === 'char_rnn' ? recurrentNetwork(entry, training, operators) : mlpNetwork(entry, training);
}

const supported = entries.filter((entry) => build(entry, {}) !== null);
const deep = supported.filter((entry) => entry['kind'] !== 'mlp_training');
const set = { strict: { numerics: 'strict' }, fast: { numerics: 'fast' } } as const;

test('the networks that are run, and those that are not', () => {
  const missing = entries.filter((entry) => !supported.includes(entry)).map(({ id }) => id);
  process.stdout.write(
    `golden networks: ${supported.length} run, ${missing.length} not supported ${missing.join(', ')}\n`,
  );
  const must = ['lenet5', 'resnet_small', 'char_rnn', 'char_lstm', 'char_lstm_2layers', 'mlp_training'];
  expect(supported.map(({ id }) => id)).toEqual(expect.arrayContaining(must.map((name) => `networks/${name}`)));
});

/** Losses before the first and after each of `steps` updates. */
function losses(network: GoldenNetwork, lr: number, steps: number, options: Parameters<typeof planOf>[1]) {
  const { bound } = bind(planOf(network.graph, options), network.start);
  const found: number[] = [];
  for (let step = 0; step <= steps; step++) {
    bound.read('lr')[0] = step < steps ? lr : 0;
    for (const [name, numbers] of Object.entries(network.start))
      if (bound.plan.feeds.includes(name)) bound.read(name).set(numbers);
    run(bound);
    found.push(bound.read('loss.y')[0] as number);
  }
  return { found, bound };
}

describe.each(deep)('$id', (entry) => {
  const sgd = entry['optimizer'] as Json;
  const expected = entry['losses_sgd'] as readonly number[];

  describe.each(['strict', 'fast'] as const)('%s numerics', (numerics) => {
    test('logits, loss and every gradient of the first pass', () => {
      const network = build(entry, {}) as GoldenNetwork;
      const { bound } = bind(planOf(network.graph, set[numerics]), network.start);
      run(bound);
      expect(bound.read('loss.y')[0]).toBeCloseTo(expected[0] as number, 4);
      expect(relativeError(bound.read(network.logits), network.tensor(entry['logits'] as string).data, 1)).toBeLessThan(
        1e-4,
      );
      const wrong: string[] = [];
      for (const [name, at] of Object.entries(entry['grads'] as Named<string>)) {
        const off = relativeError(bound.read(`grad(${network.names[name]})`), network.tensor(at).data);
        if (!(off < 1e-3)) wrong.push(`${name}: ${off}`);
      }
      expect(wrong).toEqual([]);
      if (entry['grad_input'] !== undefined) {
        const image = network.tensor(entry['grad_input'] as string).data;
        expect(relativeError(bound.read('grad(input.y)'), image)).toBeLessThan(1e-3);
      }
      const buffers = Object.entries((entry['buffers_after_1_forward'] ?? {}) as Named<string>);
      for (const [name, at] of buffers) {
        expect(relativeError(bound.read(network.names[name] as string), network.tensor(at).data)).toBeLessThan(1e-3);
      }
    });

    test.each([{ retain: 'all' as const }, { retain: [] }])(
      'three steps of its own optimiser, retain $retain',
      ({ retain }) => {
        const network = build(entry, { optimizer: optimizerOf({ name: 'SGD', ...sgd }) }) as GoldenNetwork;
        const options = {
          ...set[numerics],
          retain,
          gradients: retain === 'all' ? ('all' as const) : ('training' as const),
        };
        const { found, bound } = losses(network, sgd['lr'] as number, 3, options);
        expect(relativeError(found, expected)).toBeLessThan(1e-4);
        for (const [name, at] of Object.entries(entry['params_after_3_steps'] as Named<string>)) {
          const off = relativeError(bound.read(network.names[name] as string), network.tensor(at).data);
          expect(off, name).toBeLessThan(1e-3);
        }
      },
    );
  });
});

describe.each(deep.filter((entry) => entry['buffers_after_3_steps'] !== undefined))('$id', (entry) => {
  test('running statistics after three steps', () => {
    const sgd = entry['optimizer'] as Json;
    const network = build(entry, { optimizer: optimizerOf({ name: 'SGD', ...sgd }) }) as GoldenNetwork;
    const { bound } = losses(network, sgd['lr'] as number, 2, { retain: [], gradients: 'training' });
    const wrong = Object.entries(entry['buffers_after_3_steps'] as Named<string>).flatMap(([name, at]) => {
      const off = relativeError(bound.read(network.names[name] as string), network.tensor(at).data);
      return off < 1e-3 ? [] : [`${name}: ${off}`];
    });
    expect(wrong).toEqual([]);
  });
});

describe.each(deep.filter((entry) => entry['optimizer_adam'] !== undefined))('$id', (entry) => {
  test('three steps of Adam', () => {
    const adam = entry['optimizer_adam'] as Json;
    const network = build(entry, { optimizer: optimizerOf(adam) }) as GoldenNetwork;
    const { found } = losses(network, adam['lr'] as number, 3, { retain: [], gradients: 'training' });
    expect(relativeError(found, entry['losses_adam'] as readonly number[])).toBeLessThan(1e-4);
  });

  test('inference mode with the initial statistics', () => {
    const network = build(entry, {}) as GoldenNetwork;
    const options = { mode: 'eval', retain: [network.logits], gradients: 'none' } as const;
    const { bound } = bind(planOf(network.graph, options), network.start);
    run(bound);
    const logits = network.tensor(entry['logits_eval'] as string).data;
    expect(relativeError(bound.read(network.logits), logits, 1)).toBeLessThan(1e-4);
  });
});

describe.each(deep.filter((entry) => entry['hidden'] !== undefined))('$id', (entry) => {
  test('hidden states of every time step', () => {
    const network = build(entry, {}) as GoldenNetwork;
    const { bound } = bind(planOf(network.graph), network.start);
    run(bound);
    expect(relativeError(bound.read('rnn.y'), network.tensor(entry['hidden'] as string).data, 1)).toBeLessThan(1e-4);
  });
});

const mlp = entries.find((entry) => entry['kind'] === 'mlp_training') as GoldenEntry;
const runs = Object.entries(mlp['runs'] as Named<{ hyperparameters: Json; losses: readonly number[] }>);

describe.each(['strict', 'fast'] as const)('networks/mlp_training, %s numerics', (numerics) => {
  test.each(runs)('20 full-batch steps of %s', (name, { hyperparameters, losses: expected }) => {
    const { lr, ...options } = without(hyperparameters, 'nesterov');
    const kept =
      name === 'SGD'
        ? without(options, 'momentum', 'dampening')
        : name === 'Nesterov'
          ? without(options, 'dampening')
          : options;
    const network = mlpNetwork(mlp, { optimizer: { kind: ids[name], lr, ...kept } });
    const { found } = losses(network, lr as number, 20, { ...set[numerics], retain: [], gradients: 'training' });
    expect(relativeError(found, expected)).toBeLessThan(1e-4);
  });
});
