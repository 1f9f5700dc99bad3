import type { Difference } from '../../../engine/protocol/timeline.ts';
import { debuggerTexts } from '../../ui/debugger-texts.ts';
import { formatNumber } from '../../ui/format.ts';
import { type CanvasOverlay, nodeReadings } from '../canvas-overlay.ts';

const t = debuggerTexts.overlays.difference;

export const difference: CanvasOverlay = {
  id: 'difference',
  title: t.title,
  summary: t.summary,
  legend: t.legend,
  scale: 'sequential',
  format: formatNumber,
  read: (scene) =>
    nodeReadings(scene, ({ path }) => {
      const { left } = scene;
      if (!isDifference(left)) return null;
      const { node, name, maxAbsDifference } = left;
      if (node !== path && !node.startsWith(`${path}/`) && !node.startsWith(`${path}[`)) return null;
      return { value: maxAbsDifference, text: `${name} ±${formatNumber(maxAbsDifference)}`, warning: true };
    }),
  empty: t.empty,
};

function isDifference(left: unknown): left is Difference {
  return typeof left === 'object' && left !== null && 'maxAbsDifference' in left;
}
