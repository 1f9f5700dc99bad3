// Convolutions of one and two dimensions: all of the record but its names, its attributes and how those become windows.
import type { Conv2dGeometry } from '../../program/kernel-spec.ts';
import type { Shape } from '../../tensor/shape.ts';
import type { Fail } from '../define-operator.ts';
import { type Channels, correlationRules } from './correlation.ts';
import { checkWindows, onnxWindows, planeOf, type Windows, windowCount } from './window.ts';

/** @param windowsOf with padding "same" those for stride 1, which inference asks for */
export function convolution<A extends Channels & { readonly padding: unknown }>(windowsOf: (attributes: A) => Windows) {
  function geometryOf(a: A, x: Shape): Conv2dGeometry {
    const windows = windowsOf(a);
    const inSize = planeOf(x);
    return {
      batch: x[0] as number,
      inChannels: x[1] as number,
      inSize,
      outChannels: a.out_channels,
      outSize: [windowCount(windows, 0, inSize[0]), windowCount(windows, 1, inSize[1])],
      ...windows,
      groups: a.groups,
    };
  }

  /** False after E_PADDING or E_EMPTY. */
  function fits(a: A, x: Shape, fail: Fail): boolean {
    const windows = windowsOf(a);
    if (a.padding === 'same' && windows.stride.some((stride) => stride !== 1)) {
      const fixes = [{ kind: 'set_attribute' as const, title: 'Set stride to 1', attribute: 'stride', value: 1 }];
      const message = `padding "same" needs stride 1, stride is ${windows.stride.slice(4 - x.length).join(', ')}`;
      fail('E_PADDING', { attribute: 'padding' }, message, { fixes });
      return false;
    }
    return checkWindows(windows, x, fail);
  }

  return {
    ...correlationRules(geometryOf, fits, false),
    onnx: { op: 'Conv', attributes: { ...onnxWindows, groups: 'group' } },
  };
}
