// Every operator that can be written, at all of its samples: onnxruntime gives what our kernels give.
import { describe, expect, it } from 'vitest';
import { writeForms } from '../../../../src/formats/onnx/writing/write-forms.ts';
import { registry } from '../../../support/graphs.ts';
import { compareWithRuntime } from '../../../support/onnx-runtime.ts';
import { sampleGraph } from '../../../support/onnx-samples.ts';

const written = Object.values(registry.operators).filter(
  (operator) => operator.traits.source === undefined && (writeForms[operator.id] ?? operator.expand),
);

describe('written as ONNX and run by onnxruntime', () => {
  it('concerns nearly all operators', () => {
    expect(written.length).toBeGreaterThan(90);
  });
  it.each(written.map((operator) => [operator.id, operator] as const))('%s', async (_, operator) => {
    for (const sample of operator.samples) {
      const { graph, ...setting } = sampleGraph(operator, sample);
      const { worst } = await compareWithRuntime(graph, setting);
      expect(worst, JSON.stringify(sample)).toBeLessThan(1e-4);
    }
  });
});
