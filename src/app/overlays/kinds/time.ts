import { debuggerTexts } from '../../ui/debugger-texts.ts';
import { formatMs } from '../../ui/format-time.ts';
import { type CanvasOverlay, nodeReadings, noReadings } from '../canvas-overlay.ts';
import { nodeTimes } from '../node-times.ts';

const t = debuggerTexts.overlays.time;

export const time: CanvasOverlay = {
  id: 'time',
  title: t.title,
  summary: t.summary,
  legend: t.legend,
  scale: 'sequential',
  format: formatMs,
  measures: true,
  read(scene) {
    const { profile } = scene;
    if (profile === null) return noReadings;
    const times = nodeTimes(profile.rows);
    return nodeReadings(scene, ({ path }) => {
      const own = times.inside(path);
      if (own === null) return null;
      const part = (ms: number): string => (ms > 0 ? formatMs(ms) : '');
      return {
        value: own.total,
        text: t.text(part(own.forward), part(own.backward), part(own.update)),
        short: formatMs(own.total),
      };
    });
  },
};
