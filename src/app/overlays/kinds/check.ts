import type { GradientCheckState } from '../../../engine/protocol/explain.ts';
import { explainTexts } from '../../ui/explain-texts.ts';
import { formatNumber } from '../../ui/format.ts';
import { type CanvasOverlay, nodeReadings, noReadings } from '../canvas-overlay.ts';

const t = explainTexts.overlays.check;
const words = explainTexts.check;

export const check: CanvasOverlay = {
  id: 'check',
  title: t.title,
  summary: t.summary,
  legend: t.legend,
  alarm: t.alarm,
  scale: 'sequential',
  logarithmic: true,
  range: [1e-12, 1e-2],
  format: formatNumber,
  read({ left, ...scene }) {
    if (!isCheck(left) || left.revision !== scene.report.revision) return noReadings;
    return nodeReadings({ left, ...scene }, ({ path }) => {
      const own = left.nodes.filter(
        (node) => node.path === path || node.path.startsWith(`${path}/`) || node.path.startsWith(`${path}[`),
      );
      if (own.length === 0) return null;
      const error = Math.max(...own.map((node) => node.error));
      const kinks = own.reduce((sum, node) => sum + node.kinks, 0);
      const passed = own.every((node) => node.passed);
      if (passed && own.some((node) => node.unclear > 0))
        return { value: Number.NaN, text: words.unclear, short: words.badgeUnclear, warning: true };
      const short = passed ? words.badge(formatNumber(error)) : words.badgeWrong(formatNumber(error));
      return {
        value: Math.max(error, 1e-12),
        text: kinks > 0 ? `${short} · ${words.kinks(kinks)}` : short,
        short,
        ...(passed ? {} : { warning: true as const }),
      };
    });
  },
  empty: t.empty,
};

function isCheck(left: unknown): left is GradientCheckState {
  return typeof left === 'object' && left !== null && 'nodes' in left && 'status' in left;
}
