import { numel } from '../../../tensor/shape.ts';
import { debuggerTexts } from '../../ui/debugger-texts.ts';
import { formatNumber } from '../../ui/format.ts';
import { brokenText, type CanvasOverlay, computed, nodeReadings } from '../canvas-overlay.ts';

export const activation: CanvasOverlay = {
  id: 'activation',
  ...debuggerTexts.overlays.activation,
  scale: 'sequential',
  logarithmic: true,
  format: formatNumber,
  empty: debuggerTexts.overlays.notRun,
  wants: ({ nodes }) => nodes.map((node) => node.value),
  read: (scene) =>
    nodeReadings(scene, (node) => {
      const broken = brokenText(scene.summaries[node.value]);
      if (broken !== null) return { value: Number.NaN, text: broken, warning: true };
      const summary = computed(scene, node.value);
      // One number, or labels, have no spread worth a colour.
      if (summary === null || numel(summary.shape) < 2 || summary.dtype !== 'float32') return null;
      const text = debuggerTexts.overlays.activation.text(formatNumber(summary.mean), formatNumber(summary.std));
      return {
        value: summary.std,
        text,
        short: formatNumber(summary.std),
        ...(summary.std === 0 ? { warning: true } : {}),
      };
    }),
};
