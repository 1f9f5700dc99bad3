import type { UnitFacts } from '../../../engine/protocol/plans.ts';
import { debuggerTexts } from '../../ui/debugger-texts.ts';
import { type CanvasOverlay, gatherInside, nodeReadings } from '../canvas-overlay.ts';

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
  read(scene, answer) {
    const inside = gatherInside(scene, Object.entries(answer ?? {}));
    return nodeReadings(scene, ({ path }) => {
      const own = inside.get(path) ?? [];
      if (own.length === 0) return null;
      const [dead, all] = [sum(own.map((facts) => facts.dead)), sum(own.map((facts) => facts.units))];
      // Of several nodes inside the flattest counts: one of them is enough to hold all up.
      const flats = own.flatMap((facts) => facts.flat ?? []);
      const flat = Math.max(0, ...flats);
      const told = own.length === 1 ? t.flat : t.flatInside;
      const text = [t.dead(dead, all), ...(flats.length === 0 ? [] : [told(percent(flat))])].join(' · ');
      const share = dead / all;
      return {
        value: Math.max(share, flat),
        text,
        short: percent(Math.max(share, flat)),
        ...(share >= alarming.dead || flat >= alarming.flat ? { warning: true as const } : {}),
      };
    });
  },
};

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
