import { debuggerTexts } from '../../ui/debugger-texts.ts';
import { formatNumber } from '../../ui/format.ts';
import { brokenText, type CanvasOverlay, computed, norm, type OverlayScene, type Reading } from '../canvas-overlay.ts';

export const gradientFlow: CanvasOverlay = {
  id: 'gradient-flow',
  ...debuggerTexts.overlays['gradient-flow'],
  scale: 'sequential',
  logarithmic: true,
  format: formatNumber,
  wants: (scene) => scene.wires.flatMap((wire) => gradientOf(scene, wire) ?? []),
  read(scene) {
    const wires = new Map<string, Reading>();
    for (const wire of scene.wires) {
      const name = gradientOf(scene, wire);
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

/** What flows back on this very wire; where the program has no name for it, what arrives at its start. */
function gradientOf({ report }: OverlayScene, { value, arrival }: OverlayScene['wires'][number]): string | null {
  for (const name of [`grad(${arrival})`, `grad(${value})`]) if (Object.hasOwn(report.values, name)) return name;
  return null;
}
