import type { Finding, OperandFacts } from '../../../engine/protocol/timeline.ts';
import { debuggerTexts } from '../../ui/debugger-texts.ts';
import { formatNumber } from '../../ui/format.ts';
import { type CanvasOverlay, nodeReadings, noReadings, type Reading } from '../canvas-overlay.ts';

const t = debuggerTexts.overlays.finding;

export const finding: CanvasOverlay = {
  id: 'finding',
  title: t.title,
  summary: t.summary,
  legend: t.legend,
  alarm: t.alarm,
  scale: 'sequential',
  format: formatNumber,
  read(scene) {
    if (!isFinding(scene.left)) return noReadings;
    const { node, position, slice, outputs } = scene.left;
    const steps = new Map<string, Reading>();
    for (const each of slice) {
      const reading = { value: position.step - each.step, text: told(each.worst), ...(each.trail ? warning : {}) };
      if (!steps.has(each.node)) steps.set(each.node, reading);
    }
    steps.set(node, { value: 0, text: [t.found, ...outputs.slice(0, 1).map(told)].join(': '), ...warning });
    return nodeReadings(scene, ({ path }) => {
      for (const [at, reading] of steps) {
        if (at === path || at.startsWith(`${path}/`) || at.startsWith(`${path}[`)) return reading;
      }
      return null;
    });
  },
  empty: t.empty,
};

const warning = { warning: true } as const;

function isFinding(left: unknown): left is Finding {
  return typeof left === 'object' && left !== null && 'slice' in left;
}

function told({ nan, infinite, min, max }: OperandFacts): string {
  if (nan > 0) return `${nan} NaN`;
  if (infinite > 0) return `${infinite} ∞`;
  return `${formatNumber(min)} … ${formatNumber(max)}`;
}
