// The command line on a graph that the page saved.
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readSafetensors } from '../../../src/formats/safetensors/read-safetensors.ts';
import type { Tensor } from '../../../src/tensor/tensor.ts';

/** `npx chainrule run GRAPH --fetch … --mode train --out …`: what it saved. */
export async function runHeadless(graph: string, fetch: readonly string[]): Promise<ReadonlyMap<string, Tensor>> {
  const folder = mkdtempSync(join(tmpdir(), 'chainrule-'));
  try {
    const out = join(folder, 'values.safetensors');
    const options = ['--fetch', fetch.join(','), '--mode', 'train', '--out', out];
    await promisify(execFile)('npx', ['chainrule', 'run', graph, ...options], { timeout: 120_000 });
    return readSafetensors(new Uint8Array(readFileSync(out))).tensors;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
