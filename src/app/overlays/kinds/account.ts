import type { GradientAccountAnswer, GradientFactor } from '../../../engine/protocol/explain.ts';
import { explainTexts } from '../../ui/explain-texts.ts';
import { formatNumber } from '../../ui/format.ts';
import { type CanvasOverlay, nodeReadings, noReadings } from '../canvas-overlay.ts';

const t = explainTexts.overlays.account;
const words = explainTexts.account;

export const account: CanvasOverlay = {
  id: 'account',
  title: t.title,
  summary: t.summary,
  legend: t.legend,
  alarm: t.alarm,
  scale: 'diverging',
  format: (value) => `× ${formatNumber(10 ** value)}`,
  read({ left, ...scene }) {
    if (!isAccount(left) || left.revision !== scene.report.revision) return noReadings;
    return nodeReadings({ left, ...scene }, ({ path }) => {
      const own = left.factors.filter(
        ({ node }) => node === path || node.startsWith(`${path}/`) || node.startsWith(`${path}[`),
      );
      if (own.length === 0) return null;
      // Where nothing arrives any more there is no factor.
      if (own.every((each) => each.factor === null)) return { value: 0, text: words.nothing, short: '–' };
      const factor = own.reduce((product, each) => product * (each.factor ?? 1), 1);
      const strongest = own.reduce((best, each) => (strength(each) > strength(best) ? each : best));
      const short = `× ${formatNumber(factor)}`;
      return {
        value: factor === 0 ? -6 : Math.log10(factor),
        text: own.length === 1 ? `${short}: ${strongest.cause.text}` : short,
        short,
        ...(factor < 0.1 || factor > 10 ? { warning: true as const } : {}),
      };
    });
  },
  empty: t.empty,
};

function isAccount(left: unknown): left is GradientAccountAnswer {
  return typeof left === 'object' && left !== null && 'factors' in left;
}

function strength({ factor }: GradientFactor): number {
  return factor === null ? 0 : factor === 0 ? Number.POSITIVE_INFINITY : Math.abs(Math.log10(factor));
}
