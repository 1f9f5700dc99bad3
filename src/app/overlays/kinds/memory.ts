import { numel } from '../../../tensor/shape.ts';
import { debuggerTexts } from '../../ui/debugger-texts.ts';
import { formatBytes } from '../../ui/format.ts';
import { type CanvasOverlay, gatherInside, nodeReadings } from '../canvas-overlay.ts';

export const memory: CanvasOverlay = {
  id: 'memory',
  ...debuggerTexts.overlays.memory,
  scale: 'sequential',
  format: formatBytes,
  read(scene) {
    const { nodes, values } = scene.report;
    const inside = gatherInside(scene, Object.entries(nodes));
    return nodeReadings(scene, ({ path }) => {
      // What several nodes inside share, or hand on, is counted once.
      const names = new Set(
        (inside.get(path) ?? []).flatMap(({ outputs, parameters }) => [...Object.values(outputs), ...parameters]),
      );
      let bytes = 0;
      for (const name of names) {
        // All elements take four bytes.
        for (const each of [name, `grad(${name})`]) bytes += 4 * numel(values[each]?.shape ?? [0]);
      }
      return bytes === 0 ? null : { value: bytes, text: formatBytes(bytes) };
    });
  },
};
