// The command line and the debugger tell the same numbers, bit for bit in strict numerics: one plan optimised for what is
// fetched, the other with every step visible.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { main } from '../../../src/cli/main.ts';
import { readSafetensors } from '../../../src/formats/safetensors/read-safetensors.ts';
import { bench, open } from '../../support/engines.ts';
import { example } from '../../support/graphs.ts';

const cases = {
  lenet5: ['grad(conv1.weight)', 'grad(fc3.bias)', 'loss.y', 'pool2.y'],
  'char-lstm': ['grad(rnn/lstm.weight_hh)', 'grad(embed.weight)', 'loss.y', 'rnn.h_n'],
} as const;

test.each(Object.entries(cases))('%s', { timeout: 60_000 }, async (name, names) => {
  const graph = example(name);
  const batch = 4;
  const strict = { ...graph, training: { ...graph.training, batch, numerics: 'strict' as const } };
  const { engine, numbers } = bench();
  await open(engine, strict);
  await engine.control({ kind: 'finish' });
  const folder = mkdtempSync(join(tmpdir(), 'chainrule-agreement-'));
  try {
    writeFileSync(join(folder, 'graph.json'), JSON.stringify(strict));
    const out = join(folder, 'out.safetensors');
    const err: string[] = [];
    const io = { out: () => undefined, err: (line: string) => void err.push(line), columns: null };
    const args = ['run', join(folder, 'graph.json'), '--mode', 'train', '--numerics', 'strict', '--out', out];
    expect([await main([...args, '--fetch', names.join(',')], io), err]).toEqual([0, []]);
    const { tensors } = readSafetensors(new Uint8Array(readFileSync(out)));
    for (const each of names) expect([...(tensors.get(each)?.data ?? [])], each).toEqual(await numbers(each));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
