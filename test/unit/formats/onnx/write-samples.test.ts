// Every operator that can be written, at all of its samples: onnxruntime gives what our kernels give, and so does the file
// read back.
import { describe, expect, it } from 'vitest';
import { writeForms } from '../../../../src/formats/onnx/writing/write-forms.ts';
import { registry } from '../../../support/graphs.ts';
import { compareWithRuntime, deviation, readBack } from '../../../support/onnx/runtime.ts';
import { sampleGraph } from '../../../support/onnx/samples.ts';

const written = Object.values(registry.operators).filter(
  (operator) => operator.traits.source === undefined && (writeForms[operator.id] ?? operator.expand),
);

/** The number of rows of a tensor whose rows ONNX counts: read back it has as many as it can get, so this is another number. */
const countsRows = new Set(['non_max_suppression node.count']);

describe('written as ONNX and run by onnxruntime', () => {
  it('concerns nearly all operators', () => {
    expect(written.length).toBeGreaterThan(90);
  });
  it.each(written.map((operator) => [operator.id, operator] as const))('%s', async (_, operator) => {
    for (const sample of operator.samples) {
      const { graph, ...setting } = sampleGraph(operator, sample);
      const { worst, bytes, run } = await compareWithRuntime(graph, setting);
      expect(worst, JSON.stringify(sample)).toBeLessThan(1e-4);
      const again = readBack(bytes, run.feeds, 2);
      for (const [name, value] of run.outputs) {
        if (countsRows.has(`${operator.id} ${name}`)) continue;
        expect(deviation(again.get(name), value), `${JSON.stringify(sample)} ${name}`).toBeLessThan(1e-4);
      }
    }
  });
});
