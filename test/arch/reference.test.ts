// The committed golden values are whole: every tensor that the manifest names is there with the shape that it says.
import { describe, expect, test } from 'vitest';
import { type GoldenTensor, loadGoldenManifest, loadGoldenTensors } from '../support/reference.ts';

const manifest = loadGoldenManifest();

describe('golden values', () => {
  test('every case finds its tensors in the stated shapes', () => {
    const files = new Map<string, ReadonlyMap<string, GoldenTensor>>();
    const faults: string[] = [];
    let seen = 0;
    for (const { id, file, inputs, outputs } of manifest.cases) {
      const tensors = files.get(file) ?? loadGoldenTensors(file);
      files.set(file, tensors);
      const named = [
        ...inputs.flatMap(({ tensor, grad, shape }) => [tensor, grad].map((name) => ({ name, shape }))),
        ...outputs.flatMap(({ tensor, upstream, shape }) => [tensor, upstream].map((name) => ({ name, shape }))),
      ];
      for (const { name, shape } of named) {
        if (name === undefined) continue;
        const tensor = tensors.get(name);
        seen += 1;
        const count = shape.reduce((product, size) => product * size, 1);
        if (tensor?.shape.join() !== shape.join() || tensor.data.length !== count) faults.push(`${id}: ${name}`);
      }
    }
    expect(faults).toEqual([]);
    expect(seen).toBeGreaterThan(manifest.cases.length);
  });

  test('there are cases, optimisers, initialisers and networks', () => {
    const { cases, optimizers, initializers, networks } = manifest;
    for (const list of [cases, optimizers, initializers, networks]) expect(list.length).toBeGreaterThan(0);
  });
});
