// chainrule export: the file runs in onnxruntime and gives what `chainrule run` gives with the same weights.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { main } from '../../../src/cli/main.ts';
import { readSafetensors } from '../../../src/formats/safetensors/read-safetensors.ts';
import { writeSafetensors } from '../../../src/formats/safetensors/write-safetensors.ts';
import { tensor } from '../../../src/tensor/tensor.ts';
import { deviation, runtimeOutputs } from '../../support/onnx/runtime.ts';

const folder = mkdtempSync(join(tmpdir(), 'chainrule-export-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string) => join(folder, name);
const example = (name: string) => new URL(`../../../examples/${name}.json`, import.meta.url).pathname;

async function cli(...args: string[]) {
  const [out, err]: [string[], string[]] = [[], []];
  const io = { out: (text: string) => void out.push(text), err: (line: string) => void err.push(line), columns: null };
  return { code: await main(args, io), out: out.join(''), err: err.join('') };
}

const points = new Map([['x.y', tensor([3, 2], [0.1, -0.4, 0.9, 0.3, -1, 0.5])]]);
const weights = new Map([
  ['scores.weight', tensor([3, 2], [1, 2, -3, 0.5, 0.25, -1])],
  ['scores.bias', tensor([3], [0.1, 0, -0.2])],
]);

describe('chainrule export', () => {
  it('writes the weights that are given, and the batch stays open', async () => {
    writeFileSync(at('weights.safetensors'), writeSafetensors(weights));
    writeFileSync(at('points.safetensors'), writeSafetensors(points));
    const given = ['--weights', at('weights.safetensors')];
    const told = await cli('export', example('softmax-classifier'), ...given, '--out', at('model.onnx'));
    expect(told).toMatchObject({ code: 0, err: '', out: expect.stringContaining('inputs x.y, outputs scores.y') });
    const there = await runtimeOutputs(new Uint8Array(readFileSync(at('model.onnx'))), points);
    const fetch = ['--feeds', at('points.safetensors'), '--fetch', 'scores.y', '--out', at('here.safetensors')];
    expect((await cli('run', example('softmax-classifier'), ...given, ...fetch)).code).toBe(0);
    const here = readSafetensors(new Uint8Array(readFileSync(at('here.safetensors')))).tensors.get('scores.y');
    expect(here && deviation(there.get('scores.y'), here)).toBeLessThan(1e-6);
  });

  it('writes what is asked for, and models that were written before', async () => {
    const first = await cli('export', example('lenet5'), '--outputs', 'pool2,fc3.y', '--out', at('lenet.onnx'));
    expect(first.out).toContain('outputs pool2.y, fc3.y');
    const again = await cli('export', at('lenet.onnx'), '--dim', 'N=2', '--out', at('again.onnx'));
    expect([again.code, again.err]).toEqual([0, '']);
    expect(readFileSync(at('again.onnx')).length).toBeGreaterThan(100_000);
  });

  it('says what is wrong, and writes nothing', async () => {
    expect(await cli('export', example('lenet5'))).toMatchObject({ code: 2, err: 'export needs --out F.onnx\n' });
    const nowhere = await cli('export', example('lenet5'), '--outputs', 'nowhere', '--out', at('nothing.onnx'));
    expect(nowhere).toMatchObject({ code: 1, err: expect.stringContaining('there is no value `nowhere`') });
    expect(() => readFileSync(at('nothing.onnx'))).toThrow();
    expect(await cli('export', example('xyz'), '--out', at('no/such/folder.onnx'))).toMatchObject({ code: 1 });
  });
});
