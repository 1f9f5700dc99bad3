// The command line as people start it: `bin/chainrule.mjs` in a process of its own, once a command, and what takes longer:
// LeNet-5 on MNIST, every example learning, the gradients of the large examples.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { referencePath } from '../support/reference.ts';

const root = new URL('../../', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'chainrule-long-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const examples = readdirSync(join(root, 'examples'))
  .filter((file) => file.endsWith('.json'))
  .map((file) => file.replace('.json', ''));
const example = (name: string) => join(root, 'examples', `${name}.json`);

function chainrule(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'bin/chainrule.mjs'), ...args], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  return { code: status, out: stdout, err: stderr };
}

interface Line {
  readonly epoch?: number;
  readonly train?: { readonly loss: number };
  readonly validation?: { readonly loss: number } | null;
  readonly test?: { readonly loss: number; readonly metrics: { readonly accuracy: number } };
  readonly seconds: number;
}
const linesOf = (out: string) =>
  out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);

describe('one process a command', () => {
  test('run, in table and file, and from a plan', () => {
    const { code, out, err } = chainrule('run', example('xyz'), '--fetch', 'q.y,f.y,grad(z.y),grad(x.y)');
    expect([code, err]).toEqual([0, '']);
    expect(
      out
        .split('\n')
        .slice(1, 5)
        .map((line) => line.split(/\s+/).slice(0, 3)),
    ).toEqual([
      ['q.y', '[]', '3'],
      ['f.y', '[]', '-12'],
      ['grad(z.y)', '[]', '3'],
      ['grad(x.y)', '[]', '-4'],
    ]);
    const plan = chainrule('plan', example('xyz'), '--retain', 'all', '--json');
    writeFileSync(join(folder, 'plan.json'), plan.out);
    expect(chainrule('run', join(folder, 'plan.json'), '--fetch', 'f.y').out).toMatch(/^f\.y\s+\[\]\s+-12/m);
  });

  test('exit codes reach the shell, errors go to stderr', () => {
    expect(chainrule('run', 'nowhere.json')).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringMatching(/^nowhere\.json: no such file\n$/),
    });
    expect(chainrule('fly').code).toBe(2);
    expect(chainrule('train', example('spirals'), '--lr', '1e30', '--epochs', '2').code).toBe(3);
    expect(chainrule('check', example('sigmoid-neuron')).code).toBe(0);
  });
});

test('a reader that has heard enough ends it, without a word about pipes', () => {
  const bin = join(root, 'bin/chainrule.mjs');
  const debug = `"${process.execPath}" "${bin}" debug "${example('spirals')}" --epochs 1000000`;
  const piped = (options: string) =>
    spawnSync('bash', ['-c', `${debug} ${options} | head -n 2; echo "$\{PIPESTATUS[0]}"`], { encoding: 'utf8' });
  const logged = piped("--log 'fc1.forward: {loss}'");
  expect([logged.stderr, logged.stdout.trim().split('\n').length]).toEqual(['', 3]);
  expect(logged.stdout.trim().split('\n').at(-1)).toBe('0');
  const hit = piped("--break 'loss > 0' --max-hits 100000000");
  expect(hit.stdout.trim().split('\n').at(-1)).toBe('3');
  expect(hit.stderr).toMatch(/^\d+ hits in \d+ iterations\n$/);
}, 60_000);

describe('threads', () => {
  test('the same weights as on one, and the process ends with its work, also where it fails', () => {
    const files = ['1', '2'].map((count) => {
      const out = join(folder, `threads-${count}.safetensors`);
      const given = ['--data', 'digits', '--epochs', '1', '--out', out, '--threads', count];
      const started = performance.now();
      const { code, out: text } = chainrule('train', example('lenet5'), ...given);
      expect(code).toBe(0);
      const seconds = linesOf(text).at(-1)?.seconds ?? 0;
      expect((performance.now() - started) / 1000).toBeLessThan(seconds + 20);
      return readFileSync(out);
    });
    expect(files[1]?.equals(files[0] as Buffer)).toBe(true);
    const failing = ['--data', 'digits', '--lr', '1e30', '--threads', '2'];
    expect(chainrule('train', example('lenet5'), ...failing).code).toBe(3);
  });
});

describe('every example learns', () => {
  const trained = examples.filter((name) => readFileSync(example(name), 'utf8').includes('"source"'));
  const epochs: Readonly<Record<string, string>> = {
    spirals: '100',
    'softmax-classifier': '50',
    'svm-classifier': '50',
  };

  test.each(trained)('%s: its loss falls', (name) => {
    const { code, out, err } = chainrule('train', example(name), '--json', '--epochs', epochs[name] ?? '2');
    expect([code, err]).toEqual([0, '']);
    const losses = linesOf(out).flatMap((line) => (line.train ? [line.train.loss] : []));
    expect(losses.at(-1)).toBeLessThan(0.9 * (losses[0] ?? 0));
    expect(losses.every(Number.isFinite)).toBe(true);
  });

  test.each(examples)('%s: check finds nothing wrong', (name) => {
    const { code, out, err } = chainrule('check', example(name));
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/\d+ gradients agree with central differences\n$/);
  });
});

const mnist = referencePath('data/mnist');
describe.runIf(mnist !== undefined)('LeNet-5 on MNIST', () => {
  test('97 % of the test images after two epochs', () => {
    const { code, out, err } = chainrule(
      'train',
      example('lenet5'),
      '--data',
      `mnist=${mnist}`,
      '--epochs',
      '2',
      '--json',
    );
    expect([code, err]).toEqual([0, '']);
    const last = linesOf(out).at(-1);
    process.stdout.write(
      `LeNet-5 on MNIST, 2 epochs: ${((last?.test?.metrics.accuracy ?? 0) * 100).toFixed(2)} % in ${last?.seconds} s\n`,
    );
    expect(last?.test?.metrics.accuracy).toBeGreaterThanOrEqual(0.97);
  });
});
if (mnist === undefined) process.stdout.write('LeNet-5 on MNIST was not run: no data/mnist beside the project\n');
