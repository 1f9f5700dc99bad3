import type { UnitFacts } from '../../../engine/protocol/plans.ts';
import { debuggerTexts } from '../../ui/debugger-texts.ts';
import { type CanvasOverlay, nodeReadings } from '../canvas-overlay.ts';

const t = debuggerTexts.overlays.units;

/** From here on a unit that never answers, or a curve that is flat for most, holds training up. */
const alarming = { dead: 0.4, flat: 0.9 } as const;

export const units: CanvasOverlay<Readonly<Record<string, UnitFacts>>> = {
  id: 'units',
  title: t.title,
  summary: t.summary,
  legend: t.legend,
  alarm: t.alarm,
  empty: t.empty,
  scale: 'sequential',
  range: [0, 1],
  format: percent,
  ask: { until: 'step', question: (api) => api.unitFacts() },
  read: (scene, answer) =>
    nodeReadings(scene, ({ path }) => {
      const facts = answer?.[path];
      if (facts === undefined) return null;
      const dead = facts.dead / facts.units;
      const flat = facts.flat ?? 0;
      const text = [
        t.dead(facts.dead, facts.units),
        ...(facts.flat === null ? [] : [t.flat(percent(facts.flat))]),
      ].join(' · ');
      const warning = dead >= alarming.dead || flat >= alarming.flat;
      return {
        value: Math.max(dead, flat),
        text,
        short: percent(Math.max(dead, flat)),
        ...(warning ? { warning: true as const } : {}),
      };
    }),
};

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
