import type { UpdateFacts } from '../../../engine/protocol/plans.ts';
import { debuggerTexts } from '../../ui/debugger-texts.ts';
import { formatNumber } from '../../ui/format.ts';
import { type CanvasOverlay, nodeReadings } from '../canvas-overlay.ts';

/** Beyond these an update is too large to be followed by the next, or too small to matter. */
const usual = { least: 1e-5, most: 0.05 } as const;

export const updates: CanvasOverlay<Readonly<Record<string, UpdateFacts>>> = {
  id: 'updates',
  ...debuggerTexts.overlays.updates,
  scale: 'sequential',
  logarithmic: true,
  format: formatNumber,
  ask: { until: 'step', question: (api) => api.updateFacts() },
  read: (scene, answer) =>
    nodeReadings(scene, ({ facts }) => {
      const own = facts.parameters.flatMap((name) => answer?.[name] ?? []);
      if (own.length === 0) return null;
      const length = (each: 'weight' | 'update') => Math.sqrt(own.reduce((sum, facts) => sum + facts[each] ** 2, 0));
      const [weight, update] = [length('weight'), length('update')];
      const ratio = weight === 0 ? Number.POSITIVE_INFINITY : update / weight;
      const warning = !(ratio >= usual.least && ratio <= usual.most);
      return { value: ratio, text: formatNumber(ratio), ...(warning ? { warning: true as const } : {}) };
    }),
};
