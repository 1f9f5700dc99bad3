// Non-max suppression keeps what PyTorch keeps and no more: the golden lists hold kept boxes only, so here the whole list is
// read, with what follows them.
import { describe, expect, test } from 'vitest';
import { operators } from '../../../src/operators/registry.generated.ts';
import { runOperator } from '../../support/operator-harness.ts';
import { loadGoldenManifest, loadGoldenTensors } from '../../support/reference.ts';

const cases = loadGoldenManifest().cases.filter(({ op }) => op.endsWith('NonMaxSuppression'));

test('there are golden suppressions', () => expect(cases.length).toBeGreaterThanOrEqual(5));

describe.each(cases)('$id', ({ file, inputs, outputs, attrs }) => {
  test('ends where the golden list ends', () => {
    const tensors = loadGoldenTensors(file);
    const given = Object.fromEntries(
      inputs.map(({ name, tensor, dtype }) => {
        const { shape, data } = tensors.get(tensor)!;
        return [name, { dtype: dtype === 'I32' ? ('int32' as const) : ('float32' as const), shape, data }];
      }),
    );
    const result = runOperator(operators.non_max_suppression, {
      attributes: { iou_threshold: attrs['iou_threshold'] },
      inputs: given,
      precision: 'float32',
    });
    const kept = [...(tensors.get(outputs[0]!.tensor)!.data as Int32Array)];
    const rest = new Array<number>((given['scores']?.data.length ?? 0) - kept.length).fill(-1);
    expect(Array.from(result.outputs['y']?.data ?? [])).toEqual([...kept, ...rest]);
    expect(Array.from(result.outputs['count']?.data ?? [])).toEqual([kept.length]);
  });
});
