import type { FieldAnswer } from '../../../engine/protocol/explain.ts';
import { explainTexts } from '../../ui/explain-texts.ts';
import { type CanvasOverlay, nodeReadings, noReadings } from '../canvas-overlay.ts';

const t = explainTexts.overlays.field;

export const field: CanvasOverlay = {
  id: 'field',
  title: t.title,
  summary: t.summary,
  legend: t.legend,
  scale: 'sequential',
  range: [0, 1],
  format: (value) => `${Math.round(100 * value)} %`,
  read({ left, ...scene }) {
    if (!isField(left) || left.revision !== scene.report.revision) return noReadings;
    const masks = new Map([...left.upstream, ...left.downstream].map((mask) => [mask.name, mask]));
    return nodeReadings({ left, ...scene }, ({ value }) => {
      const mask = masks.get(value);
      if (!mask) return null;
      const total = mask.shape.reduce((a, b) => a * b, 1);
      const counts = explainTexts.elements(String(mask.count), String(total));
      return { value: mask.count / total, text: counts, short: String(mask.count) };
    });
  },
  empty: t.empty,
};

function isField(left: unknown): left is FieldAnswer {
  return typeof left === 'object' && left !== null && 'upstream' in left;
}
