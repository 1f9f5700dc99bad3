// Nodes drawn at random: what is read from them gives what onnxruntime gives.
import * as ort from 'onnxruntime-web';
import { expect, test } from 'vitest';
import { layerDraws } from '../../../support/onnx/layer-draws.ts';
import { nodeDraws } from '../../../support/onnx/node-draws.ts';
import { runOnnx } from '../../../support/onnx/node-tests.ts';
import { createDraw, modelOf, type NodeInput, type RandomNode } from '../../../support/onnx/random-nodes.ts';
import { deviation } from '../../../support/onnx/runtime.ts';

const draws = 25;

/** Outputs by name, with whole numbers of every width as int32. */
async function outputsThere(bytes: Uint8Array, feeds: ReadonlyMap<string, NodeInput>) {
  const session = await ort.InferenceSession.create(bytes, { logSeverityLevel: 4 });
  const given = Object.fromEntries(
    [...feeds].map(([name, input]) => [name, new ort.Tensor(input.type, numbersOf(input), input.shape)]),
  );
  const results = await session.run(given);
  await session.release();
  return Object.entries(results).map(([name, { type, dims: shape, data }]) => {
    const real = type === 'float32';
    const numbers = Array.from(data as ArrayLike<number | bigint>, Number);
    const dtype = real ? ('float32' as const) : ('int32' as const);
    return [name, { dtype, shape, data: real ? Float32Array.from(numbers) : Int32Array.from(numbers) }] as const;
  });
}

function numbersOf({ type, data }: NodeInput) {
  if (type === 'int64') return BigInt64Array.from(data, BigInt);
  return type === 'bool' ? Uint8Array.from(data) : data;
}

function told({ op, opset, attributes, inputs }: RandomNode): string {
  return JSON.stringify({ op, opset, attributes, shapes: inputs.map((input) => input?.shape) });
}

test.each(Object.entries({ ...layerDraws, ...nodeDraws }))('%s', { timeout: 30_000 }, async (_, drawNode) => {
  for (let seed = 1; seed <= draws; seed++) {
    const node = drawNode(createDraw(seed));
    const { bytes, feeds } = modelOf(node);
    const here = runOnnx(bytes, feeds);
    for (const [name, expected] of await outputsThere(bytes, feeds)) {
      expect(deviation(here(name), expected), `${told(node)} ${name}`).toBeLessThan(5e-5);
    }
  }
});
