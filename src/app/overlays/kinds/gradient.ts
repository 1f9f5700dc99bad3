import { debuggerTexts } from '../../ui/debugger-texts.ts';
import { formatNumber } from '../../ui/format.ts';
import { brokenText, type CanvasOverlay, computed, nodeReadings, rootMeanSquare } from '../canvas-overlay.ts';

export const gradient: CanvasOverlay = {
  id: 'gradient',
  ...debuggerTexts.overlays.gradient,
  scale: 'sequential',
  logarithmic: true,
  format: formatNumber,
  wants: ({ nodes }) => nodes.flatMap((node) => node.gradient ?? []),
  read: (scene) =>
    nodeReadings(scene, (node) => {
      const broken = brokenText(scene.summaries[node.gradient ?? '']);
      if (broken !== null) return { value: Number.NaN, text: broken, warning: true };
      const summary = computed(scene, node.gradient);
      if (summary === null) return null;
      const size = rootMeanSquare(summary);
      return { value: size, text: formatNumber(size), ...(size === 0 ? { warning: true } : {}) };
    }),
  empty: debuggerTexts.overlays.notYet,
};
