// The command line in process: exit codes, one readable line an error, tensors in and out. Truth: the golden networks, and
// arithmetic done here. Length: one part a command.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { main } from '../../../src/cli/main.ts';
import { splitNames } from '../../../src/cli/options.ts';
import { writeOnnx } from '../../../src/formats/onnx/write-onnx.ts';
import { readSafetensors } from '../../../src/formats/safetensors/read-safetensors.ts';
import { writeSafetensors } from '../../../src/formats/safetensors/write-safetensors.ts';
import { readWeights } from '../../../src/formats/weights/read-weights.ts';
import { writeWeights } from '../../../src/formats/weights/write-weights.ts';
import { readGraph } from '../../../src/graph/read-graph.ts';
import { operators } from '../../../src/operators/registry.generated.ts';
import type { Tensor } from '../../../src/tensor/tensor.ts';
import { layeredNetwork } from '../../support/golden/networks.ts';
import { fileOf, type GraphSketch, relativeError } from '../../support/graphs.ts';
import { faultyModels } from '../../support/onnx/faulty-models.ts';
import { loadGoldenManifest } from '../../support/reference.ts';

const folder = mkdtempSync(join(tmpdir(), 'chainrule-cli-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const at = (name: string) => join(folder, name);
const example = (name: string) => new URL(`../../../examples/${name}.json`, import.meta.url).pathname;

async function cli(...args: string[]) {
  const [out, err]: [string[], string[]] = [[], []];
  const code = await main(args, {
    out: (text) => void out.push(text),
    err: (line) => void err.push(line),
    columns: null,
  });
  return { code, out: out.join(''), err: err.join('') };
}

function save(name: string, content: unknown): string {
  writeFileSync(at(name), typeof content === 'string' ? content : JSON.stringify(content));
  return at(name);
}

const graph = (name: string, sketch: GraphSketch) => save(name, fileOf(sketch));

function tensors(name: string, all: Readonly<Record<string, readonly number[] | Tensor>>): string {
  const map = new Map(
    Object.entries(all).map(([key, value]): [string, Tensor] => [
      key,
      Array.isArray(value)
        ? { dtype: 'float32', shape: [value.length], data: Float32Array.from(value as number[]) }
        : (value as Tensor),
    ]),
  );
  writeFileSync(at(name), writeSafetensors(map));
  return at(name);
}

const matrix = (shape: readonly number[], data: readonly number[]): Tensor => ({
  dtype: 'float32',
  shape,
  data: Float32Array.from(data),
});

function load(name: string): Record<string, number[]> {
  const read = readSafetensors(new Uint8Array(readFileSync(at(name)))).tensors;
  return Object.fromEntries([...read].map(([key, { data }]) => [key, [...data]]));
}

describe('usage', () => {
  test('help is no failure; what nobody understands is exit 2 with the usage', async () => {
    expect((await cli('--help')).out).toMatch(/usage: chainrule <command>/);
    for (const command of ['run', 'plan', 'train', 'check', 'export', 'import']) {
      const { code, out } = await cli(command, '--help');
      expect([code, /usage: chainrule \w+ (GRAPH|MODEL)/.test(out)]).toEqual([0, true]);
    }
    const wrong = [
      [],
      ['walk', 'x.json'],
      ['run'],
      ['run', example('xyz'), 'more'],
      ['run', example('xyz'), '--fast'],
      ['run', example('xyz'), '--mode', 'dream'],
      ['run', example('xyz'), '--numerics', 'exact'],
      ['run', example('xyz'), '--dim', 'N'],
      ['run', example('xyz'), '--seed', '-1'],
      ['plan', example('xyz'), '--batch', '0'],
      ['plan', example('xyz'), '--batch', 'many'],
      ['train', example('spirals'), '--optimizer', 'magic'],
      ['train', example('spirals'), '--lr', 'fast'],
    ];
    for (const args of wrong) expect((await cli(...args)).code, args.join(' ')).toBe(2);
    expect((await cli('run', example('xyz'), '--mode', 'dream')).err).toBe('--mode is train or eval, not `dream`\n');
  });

  test('names are split at commas outside parentheses', () => {
    expect(splitNames('a.y, grad(b.y),slot(p.w, momentum),')).toEqual(['a.y', 'grad(b.y)', 'slot(p.w, momentum)']);
  });
});

describe('errors are one readable line each, exit 1', () => {
  test.each([
    ['no such file', () => 'nowhere.json', /^.*nowhere\.json: no such file\n$/],
    ['no JSON', () => save('broken.json', '{"format":'), /^.*broken\.json: error.*line 1.*\(E_JSON_SYNTAX\).*\n$/],
    ['no graph', () => save('other.json', { format: 'other' }), /^.*other\.json: error.*\(E_FORMAT\).*\n$/],
    [
      'a broken plan',
      () => save('plan.json', '{"format":"chainrule/plan",'),
      /^.*plan\.json: error: not JSON \(E_JSON_SYNTAX\)\n$/,
    ],
    ['half a plan', () => save('half.json', { format: 'chainrule/plan', version: 1 }), /^.*half\.json: .*plan.*\n$/],
    [
      'shapes that do not fit',
      () =>
        graph('bad.json', {
          nodes: {
            x: ['input', {}, { shape: [2, 3] }],
            y: ['conv2d', { x: 'x.y' }, { out_channels: 1, kernel_size: 1 }],
          },
        }),
      /^error y\.x: .*\(E_RANK\)\n$/,
    ],
  ])('%s', async (_, file, expected) => {
    const path = file();
    for (const command of ['run', 'plan', 'check', 'train']) {
      if (command !== 'run' && path.includes('plan')) continue;
      const { code, err, out } = await cli(command, path);
      expect([command, code, out]).toEqual([command, 1, '']);
      if (command === 'run') expect(err).toMatch(expected);
      expect(
        err
          .trim()
          .split('\n')
          .every((line) => line.length > 10 && !line.includes('    at ')),
      ).toBe(true);
    }
  });
});

describe('run', () => {
  const affine: GraphSketch = {
    nodes: {
      x: ['input', {}, { shape: ['N', 2] }],
      fc: ['linear', { x: 'x.y' }, { out_features: 1 }],
      y: ['square', { x: 'fc.y' }],
    },
  };
  const feeds = () =>
    tensors('feeds.safetensors', {
      x: matrix([3, 2], [1, 2, 3, 4, 5, 6]),
      'fc.weight': matrix([1, 2], [2, -1]),
      'fc.bias': [0.5],
    });

  test('prints a table of what nothing else uses; N comes from the feeds', async () => {
    const { code, out, err } = await cli('run', graph('affine.json', affine), '--feeds', feeds());
    expect([code, err]).toEqual([0, '']);
    expect(out.split('\n')[1]).toMatch(/^y\.y\s+\[3, 1\]\s+0\.25\s+8\.91667\s+20\.25 /);
    expect((await cli('run', example('xyz'))).out).toMatch(/^f\.y\s+\[\]\s+-12/m);
  });

  test('fetches, seeds with ones or what is fed, and saves', async () => {
    const file = graph('affine.json', affine);
    const [w, b, x] = [[2, -1], 0.5, [1, 2, 3, 4, 5, 6]];
    const y = [0, 1, 2].map(
      (n) => (w[0] as number) * (x[2 * n] as number) + (w[1] as number) * (x[2 * n + 1] as number) + b,
    );
    const ones = await cli(
      'run',
      file,
      '--feeds',
      feeds(),
      '--seed-grad',
      'y.y',
      '--fetch',
      'fc.y,grad(x.y)',
      '--fetch',
      'grad(fc.bias)',
      '--out',
      at('ones.safetensors'),
    );
    expect([ones.code, ones.out, ones.err]).toEqual([0, '', '']);
    const found = load('ones.safetensors');
    expect(Object.keys(found).sort()).toEqual(['fc.y', 'grad(fc.bias)', 'grad(x.y)']);
    expect(relativeError(found['fc.y'] ?? [], y)).toBeLessThan(1e-6);
    expect(
      relativeError(
        found['grad(x.y)'] ?? [],
        y.flatMap((v) => w.map((each) => 2 * v * each)),
      ),
    ).toBeLessThan(1e-6);
    expect(relativeError(found['grad(fc.bias)'] ?? [], [2 * y.reduce((p, q) => p + q)])).toBeLessThan(1e-6);
    const weights = {
      ...Object.fromEntries(readSafetensors(new Uint8Array(readFileSync(feeds()))).tensors),
      'grad(y.y)': matrix([3, 1], [1, 0, -2]),
    };
    const fed = await cli(
      'run',
      file,
      '--feeds',
      tensors('fed.safetensors', weights),
      '--fetch',
      'grad(fc.bias)',
      '--out',
      at('fed-out.safetensors'),
    );
    expect(fed.code).toBe(0);
    expect(
      relativeError(load('fed-out.safetensors')['grad(fc.bias)'] ?? [], [2 * (y[0] as number) - 4 * (y[2] as number)]),
    ).toBeLessThan(1e-6);
  });

  test('refuses in words', async () => {
    const file = graph('affine.json', affine);
    const refuse = async (expected: RegExp, ...args: string[]) => {
      const { code, err } = await cli('run', ...args);
      expect(err).toMatch(expected);
      expect([code, err.trim().split('\n').length]).toEqual([1, 1]);
    };
    await refuse(/a gradient is fetched, but the graph has no loss/, file, '--feeds', feeds(), '--fetch', 'grad(x.y)');
    await refuse(/there is no value `nobody\.y`/, file, '--feeds', feeds(), '--fetch', 'nobody.y');
    await refuse(/nothing feeds `x\.y` \(E_NOT_FED\) Hint: give it with --feeds/, file);
    await refuse(
      /the feed `z` names no value of this graph/,
      file,
      '--feeds',
      tensors('z.safetensors', { z: [1], x: matrix([1, 2], [1, 2]) }),
    );
    await refuse(
      /`fc\.y` is computed by the graph/,
      file,
      '--feeds',
      tensors('fcy.safetensors', {
        'fc.y': matrix([32, 1], new Array(32).fill(1)),
        x: matrix([32, 2], new Array(64).fill(1)),
      }),
    );
    await refuse(/N is 4 and, by the feed `x`, 3/, file, '--feeds', feeds(), '--dim', 'N=4');
    await refuse(
      /`x` is \[3\] in the file|has 1 dimensions/,
      file,
      '--feeds',
      tensors('flat.safetensors', { x: [1, 2, 3] }),
    );
    await refuse(/file|safetensors/i, file, '--feeds', save('no.safetensors', 'nothing'));
    const two: GraphSketch = {
      nodes: { ...affine.nodes, l1: ['mse_loss', { x: 'y.y' }], l2: ['l1_loss', { x: 'y.y' }] },
    };
    await refuse(
      /the losses l1, l2 \(E_SEED\) Hint: name the value where the gradient starts with --seed-grad/,
      graph('two.json', two),
      '--feeds',
      feeds(),
      '--fetch',
      'grad(x.y)',
    );
  });

  test('what is fed is not overwritten by the graph’s own data', async () => {
    const image = { dtype: 'float32' as const, shape: [2, 1, 28, 28], data: new Float32Array(2 * 784).fill(0.5) };
    const { code } = await cli(
      'run',
      example('lenet5'),
      '--feeds',
      tensors('image.safetensors', { image }),
      '--fetch',
      'image.y,loss.y,loss.target',
      '--out',
      at('mixed.safetensors'),
    );
    expect(code).toBe(0);
    expect(load('mixed.safetensors')['image.y']).toEqual(new Array(2 * 784).fill(0.5));
  });

  test('seed and numerics: the same bits again, others with another seed', async () => {
    const once = async (seed: string, name: string) => {
      await cli(
        'run',
        graph('affine.json', affine),
        '--feeds',
        tensors('x.safetensors', { x: matrix([1, 2], [1, 1]) }),
        '--seed',
        seed,
        '--numerics',
        'strict',
        '--out',
        at(name),
      );
      return load(name)['y.y'];
    };
    const [a, b, c] = [await once('1', 'a'), await once('1', 'b'), await once('2', 'c')];
    expect(a).toEqual(b);
    expect(a).not.toEqual(c);
  });
});

describe('files of other libraries', () => {
  const affine: GraphSketch = {
    nodes: { x: ['input', {}, { shape: ['N', 2] }], fc: ['linear', { x: 'x.y' }, { out_features: 1 }] },
  };
  const weights = new Map([
    ['fc.weight', matrix([1, 2], [2, -1])],
    ['fc.bias', matrix([1], [0.5])],
  ]);
  const bytes = (name: string, tensors: ReadonlyMap<string, Tensor>): string => {
    writeFileSync(at(name), writeWeights(tensors, name));
    return at(name);
  };

  test('.npz and .npy go in, .npz comes out', async () => {
    const file = graph('affine.json', affine);
    const feeds = bytes('x.npy', new Map([['x', matrix([2, 2], [1, 2, 3, 5])]]));
    const { code, err } = await cli(
      'run',
      file,
      '--feeds',
      feeds,
      '--weights',
      bytes('w.npz', weights),
      '--out',
      at('y.npz'),
    );
    expect([code, err]).toEqual([0, '']);
    const { tensors: read } = readWeights(new Uint8Array(readFileSync(at('y.npz'))), 'y.npz');
    expect([...read]).toEqual([['fc.y', matrix([2, 1], [0.5, 1.5])]]);
  });

  test('weights that do not fit are named: the file, the name, both shapes, what was meant', async () => {
    const file = graph('affine.json', affine);
    const feeds = tensors('x2.safetensors', { x: matrix([1, 2], [1, 1]) });
    const wrong = new Map([['fc.wieght', matrix([1, 2], [1, 1])], ['fc.bias', matrix([2], [1, 2])]]); // biome-ignore format: pairs
    const { code, err } = await cli('run', file, '--feeds', feeds, '--weights', bytes('wrong.npz', wrong));
    expect(code).toBe(1);
    expect(err.split('\n').filter((line) => line.startsWith('error'))).toEqual([
      'error: `fc.bias` is [2] in the file, the graph needs [1] (E_WEIGHT_SHAPE)',
    ]);
    const unknown = new Map([...weights, ['fc.wieght', matrix([1, 2], [1, 1])]]);
    const told = await cli('run', file, '--feeds', feeds, '--weights', bytes('more.npz', unknown));
    expect([told.code, told.err]).toEqual([
      0,
      "warning: the file's `fc.wieght` [1, 2] fits no parameter of this graph (W_WEIGHT_UNKNOWN)\n",
    ]);
  });

  test('an ONNX model runs with its weights, fed and fetched by its own names', async () => {
    const read = readGraph(fileOf(affine)).graph;
    if (!read) throw new Error('no graph');
    const written = writeOnnx(read, { tensors: weights, operators });
    writeFileSync(at('affine.onnx'), written.bytes ?? '');
    const feeds = tensors('x3.safetensors', { [written.inputs[0] as string]: matrix([2, 2], [1, 2, 3, 5]) });
    const { code, err } = await cli('run', at('affine.onnx'), '--feeds', feeds, '--out', at('y3.safetensors'));
    expect([code, err]).toEqual([0, '']);
    expect(load('y3.safetensors')).toEqual({ [written.outputs[0] as string]: [0.5, 1.5] });
    const imported = await cli('import', at('affine.onnx'), '--out', at('back.json'), '--weights-out', at('back.npz'));
    expect([imported.code, imported.err]).toEqual([0, '']);
    const back = readGraph(readFileSync(at('back.json'), 'utf8'));
    expect([back.diagnostics, back.graph?.nodes.map(({ op }) => op)]).toEqual([[], ['input', 'linear']]);
    const again = ['run', at('back.json'), '--weights', at('back.npz'), '--fetch', 'fc.y', '--out', at('y4.npy')];
    const x4 = tensors('x4.safetensors', { x: matrix([2, 2], [1, 2, 3, 5]) });
    expect(await cli(...again, '--feeds', x4)).toMatchObject({ code: 0, err: '' });
    const [read4] = readWeights(new Uint8Array(readFileSync(at('y4.npy'))), 'y4.npy').tensors.values();
    expect(read4).toEqual(matrix([2, 1], [0.5, 1.5]));
    const broken = await cli('run', save('broken.onnx', '\u0008\u0007\u0012'), '--feeds', feeds);
    expect(broken.code).toBe(1);
    expect(broken.err).toMatch(/^.*broken\.onnx: error.*\n$/);
  });
});

describe('models with a fault', () => {
  test.each(Object.entries(faultyModels()))(
    '%s: named, and the rest is imported',
    async (name, { bytes, codes, says, ops }) => {
      const file = at(`${name}.onnx`);
      writeFileSync(file, bytes);
      const fails = codes.some((code) => code.startsWith('E_'));
      const out = at(`${name}.json`);
      const imported = await cli('import', file, '--out', out);
      expect(imported.code).toBe(fails ? 1 : 0);
      const lines = imported.err.trim().split('\n');
      expect(lines.map((line) => /\(([EW]_[A-Z_]+)\)/.exec(line)?.[1])).toEqual(codes);
      expect(imported.err).toMatch(says);
      expect(existsSync(out)).toBe(ops !== null);
      if (ops !== null) {
        const { graph } = readGraph(readFileSync(out, 'utf8'), { keepUnknown: true });
        expect(graph?.nodes.map(({ op }) => op)).toEqual(ops);
      }
      const x = tensors(`${name}.safetensors`, {
        x: matrix(
          [1, 1, 4, 4],
          Array.from({ length: 16 }, (_, i) => i - 8),
        ),
      });
      const ran = await cli('run', file, '--feeds', x);
      expect(ran.code).toBe(fails ? 1 : 0);
      expect(ran.err).toMatch(says);
    },
  );
});

describe('golden networks through files', () => {
  const entry = loadGoldenManifest().networks.find(({ id }) => id === 'networks/resnet_small');
  const network = entry && layeredNetwork(entry, {});

  test('weights with dots, feeds by input and by value name, gradients: logits, loss and slopes are PyTorch’s', async () => {
    if (!entry || !network) throw new Error('no golden network');
    const file = save('resnet.json', network.graph);
    const golden = (name: unknown): Tensor => {
      const { shape, data } = network.tensor(name as string);
      return { dtype: data instanceof Int32Array ? 'int32' : 'float32', shape, data: data as Float32Array };
    };
    const named = { ...(entry['params'] as Record<string, string>), ...(entry['buffers'] as Record<string, string>) };
    const weights = Object.fromEntries(
      Object.entries(named).map(([name, tensor]) => [network.names[name] as string, golden(tensor)]),
    );
    const feeds = { input: golden(entry['input']), 'loss.target': golden(entry['labels']) };
    const grads = Object.entries(entry['grads'] as Record<string, string>);
    const fetch = ['fc.y', 'loss.y', 'grad(input.y)', ...grads.map(([name]) => `grad(${network.names[name]})`)].join(
      ',',
    );
    const args = [
      'run',
      file,
      '--feeds',
      tensors('f.safetensors', feeds),
      '--weights',
      tensors('w.safetensors', weights),
    ];
    const { code, err } = await cli(...args, '--mode', 'train', '--fetch', fetch, '--out', at('o.safetensors'));
    expect([code, err]).toEqual([0, '']);
    const found = load('o.safetensors');
    const near = (name: string, tensor: unknown, bound: number) =>
      expect(relativeError(found[name] ?? [], network.tensor(tensor as string).data, 1e-3), name).toBeLessThan(bound);
    near('fc.y', entry['logits'], 1e-4);
    near('grad(input.y)', entry['grad_input'], 1e-3);
    for (const [name, tensor] of grads) near(`grad(${network.names[name]})`, tensor, 1e-3);
    expect(found['loss.y']?.[0]).toBeCloseTo((entry['losses_sgd'] as number[])[0] as number, 4);
    const evaluated = await cli(...args, '--fetch', 'fc.y', '--out', at('e.safetensors'));
    expect(evaluated.code).toBe(0);
    expect(
      relativeError(load('e.safetensors')['fc.y'] ?? [], network.tensor(entry['logits_eval'] as string).data, 1),
    ).toBeLessThan(1e-4);
  });
});

describe('plan', () => {
  test('text: steps, buffers, and the arena against its bounds', async () => {
    const { code, out } = await cli('plan', example('lenet5'), '--batch', '4');
    expect(code).toBe(0);
    expect(out).toMatch(/LeNet-5: train, batch 4, \d+ steps/);
    expect(out).toMatch(/scratch: lower bound\s+[\d.]+ [KM]?B \(1\.\d{3}×\)/);
    expect(out).toMatch(/^ +0 forward relu1: relu1\.y@\d+ = conv2d /m);
  });

  test('JSON: runs in place of the graph and gives the same numbers; what it does not keep is refused', async () => {
    const { out } = await cli('plan', example('xyz'), '--json', '--retain', 'q.y,f.y');
    save('xyz-plan.json', out);
    const ran = await cli('run', at('xyz-plan.json'), '--out', at('xyz.safetensors'));
    expect([ran.code, ran.err]).toEqual([0, '']);
    expect(load('xyz.safetensors')).toEqual({ 'q.y': [3], 'f.y': [-12] });
    const fed = await cli(
      'run',
      at('xyz-plan.json'),
      '--feeds',
      tensors('x1.safetensors', { x: matrix([], [1]) }),
      '--fetch',
      'f.y',
      '--out',
      at('x1'),
    );
    expect(fed.code).toBe(0);
    expect(load('x1')).toEqual({ 'f.y': [-24] });
    save('lenet-plan.json', (await cli('plan', example('lenet5'), '--json', '--batch', '2', '--mode', 'eval')).out);
    const image = { dtype: 'float32' as const, shape: [2, 1, 28, 28], data: new Float32Array(2 * 784).fill(0.5) };
    const target = { dtype: 'int32' as const, shape: [2], data: Int32Array.of(1, 2) };
    const feeds = tensors('lenet-feeds.safetensors', { image, 'loss.target': target });
    const lost = await cli('run', at('lenet-plan.json'), '--feeds', feeds, '--fetch', 'conv1.y');
    expect([lost.code, lost.err]).toEqual([
      1,
      expect.stringMatching(
        /^error: (the plan does not keep `conv1\.y` .* Hint: make the plan with it in --retain|there is no value `conv1\.y` \(E_VALUE\))\n$/,
      ),
    ]);
    const kept = await cli('run', at('lenet-plan.json'), '--feeds', feeds);
    expect(kept.out).toMatch(/^loss\.y\s+\[\]/m);
  });

  test('everything kept: gradients of every node are in the JSON plan', async () => {
    save('all.json', (await cli('plan', example('sigmoid-neuron'), '--json', '--retain', 'all')).out);
    const { code, out } = await cli('run', at('all.json'), '--fetch', 'grad(w0.y),grad(x0.y)');
    expect(code).toBe(0);
    expect(out).toMatch(/^grad\(w0\.y\)\s+\[\]\s+-0\.196/m);
    expect(out).toMatch(/^grad\(x0\.y\)\s+\[\]\s+0\.393/m);
  });
});

describe('train', () => {
  test('one JSON line an epoch, then the test split; weights go out and come back', async () => {
    const args = ['train', example('spirals'), '--epochs', '3', '--json'];
    const { code, out, err } = await cli(...args, '--out', at('w1.safetensors'));
    expect([code, err]).toEqual([0, '']);
    const lines = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, never>);
    expect(lines.slice(0, 3).map((line) => line['epoch'])).toEqual([1, 2, 3]);
    for (const line of lines.slice(0, 3))
      expect(line).toMatchObject({ train: { loss: expect.any(Number), metrics: { accuracy: expect.any(Number) } } });
    const again = await cli(...args, '--out', at('w2.safetensors'));
    expect(load('w2.safetensors')).toEqual(load('w1.safetensors'));
    expect(again.code).toBe(0);
    const on = await cli(...args, '--weights', at('w1.safetensors'), '--seed', '0');
    const first = (text: string) =>
      (JSON.parse(text.split('\n')[0] as string) as { train: { loss: number } }).train.loss;
    expect(first(on.out)).toBeLessThan(first(out));
  });

  test('options replace the graph’s; a terminal gets a bar', async () => {
    const out: string[] = [];
    const io = { out: (text: string) => void out.push(text), err: () => undefined, columns: 60 };
    const args = [
      'train',
      example('spirals'),
      '--data',
      'moons',
      '--epochs',
      '2',
      '--batch',
      '50',
      '--optimizer',
      'adam',
      '--lr',
      '0.01',
    ];
    expect(await main(args, io)).toBe(0);
    expect(out.join('')).toMatch(/\[=+ *\] epoch 1\/2 .*epoch 2\/2: loss [\d.]+, accuracy [\d.]+ %/s);
  });

  test('refuses in words; a loss that is no number is exit 3', async () => {
    const refuse = async (expected: RegExp, code: number, ...args: string[]) => {
      const found = await cli('train', ...args);
      expect(found.err).toMatch(expected);
      expect(found.code).toBe(code);
    };
    await refuse(/names no data.* Hint: choose with --data/, 1, example('xyz'));
    await refuse(/nowhere: no such file or folder/, 1, example('lenet5'), '--data', 'mnist=nowhere');
    await refuse(/unknown|there is no data set|known are/i, 1, example('spirals'), '--data', 'imagenet');
    await refuse(
      /the loss became (NaN|Infinity).*smaller learning rate/,
      3,
      example('spirals'),
      '--lr',
      '1e30',
      '--epochs',
      '3',
    );
    await refuse(/a batch of 100000 is more than/, 1, example('spirals'), '--batch', '100000');
  });
});

describe('check', () => {
  const names = readdirSync(new URL('../../../examples', import.meta.url)).map((file) => file.replace('.json', ''));

  test.each(names.filter((name) => name !== 'resnet' && name !== 'char-lstm'))('%s: nothing wrong', async (name) => {
    const { code, out, err } = await cli('check', example(name));
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/\d+ gradients agree with central differences\n$/);
    expect(out).not.toMatch(/WRONG/);
  });

  test('without a loss there is nothing to differentiate, and it says so', async () => {
    const file = graph('forward.json', { nodes: { x: ['input', {}, { shape: [3] }], y: ['exp', { x: 'x.y' }] } });
    const { code, out } = await cli('check', file);
    expect([code, out]).toEqual([0, expect.stringContaining('without a loss')]);
  });
});
