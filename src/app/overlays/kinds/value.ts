import { debuggerTexts } from '../../ui/debugger-texts.ts';
import { formatNumber } from '../../ui/format.ts';
import { brokenText, type CanvasOverlay, computed, nodeReadings } from '../canvas-overlay.ts';

export const value: CanvasOverlay = {
  id: 'value',
  ...debuggerTexts.overlays.value,
  scale: 'diverging',
  format: formatNumber,
  empty: debuggerTexts.overlays.notRun,
  wants: ({ nodes }) => nodes.map((node) => node.value),
  read: (scene) =>
    nodeReadings(scene, (node) => {
      const broken = brokenText(scene.summaries[node.value]);
      if (broken !== null) return { value: Number.NaN, text: broken, warning: true };
      const summary = computed(scene, node.value);
      return summary && { value: summary.mean, text: formatNumber(summary.mean) };
    }),
};
