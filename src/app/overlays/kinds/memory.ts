import { numel } from '../../../tensor/shape.ts';
import { debuggerTexts } from '../../ui/debugger-texts.ts';
import { formatBytes } from '../../ui/format.ts';
import { type CanvasOverlay, nodeReadings } from '../canvas-overlay.ts';

export const memory: CanvasOverlay = {
  id: 'memory',
  ...debuggerTexts.overlays.memory,
  scale: 'sequential',
  format: formatBytes,
  read: (scene) =>
    nodeReadings(scene, ({ facts }) => {
      const names = [...Object.values(facts.outputs), ...facts.parameters];
      let bytes = 0;
      for (const name of names) {
        // All elements take four bytes.
        for (const each of [name, `grad(${name})`]) bytes += 4 * numel(scene.report.values[each]?.shape ?? [0]);
      }
      return bytes === 0 ? null : { value: bytes, text: formatBytes(bytes) };
    }),
};
