import { debuggerTexts } from '../../ui/debugger-texts.ts';
import { formatNumber } from '../../ui/format.ts';
import { arrivingGradient } from '../arriving-gradient.ts';
import { brokenText, type CanvasOverlay, computed, norm, type Reading } from '../canvas-overlay.ts';

export const gradientFlow: CanvasOverlay = {
  id: 'gradient-flow',
  ...debuggerTexts.overlays['gradient-flow'],
  scale: 'sequential',
  logarithmic: true,
  format: formatNumber,
  wants: (scene) => scene.wires.flatMap((wire) => arrivingGradient(scene.report, wire.arrival, wire.value) ?? []),
  read(scene) {
    const wires = new Map<string, Reading>();
    for (const wire of scene.wires) {
      const name = arrivingGradient(scene.report, wire.arrival, wire.value);
      const broken = brokenText(scene.summaries[name ?? '']);
      const summary = computed(scene, name);
      if (broken !== null) wires.set(wire.arrival, { value: Number.NaN, text: broken, warning: true });
      else if (summary !== null) {
        const size = norm(summary);
        wires.set(wire.arrival, { value: size, text: formatNumber(size), ...(size === 0 ? { warning: true } : {}) });
      }
    }
    return { nodes: new Map(), wires };
  },
  empty: debuggerTexts.overlays.notYet,
};
