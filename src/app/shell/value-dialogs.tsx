import { useView } from '../state/context.tsx';
import { LazyPanel } from './lazy-panel.tsx';
import { panels } from './panels.ts';

/** A value at full size, a saliency map or a check, when the view asks for one. */
export function ValueDialogs() {
  const kind = useView((view) => view.overlay?.kind);
  if (kind === 'viewer') return <LazyPanel panel={panels.viewer} />;
  if (kind === 'saliency') return <LazyPanel panel={panels.saliency} />;
  if (kind === 'gradient_check') return <LazyPanel panel={panels.gradientCheck} />;
  if (kind === 'first_time') return <LazyPanel panel={panels.firstTime} />;
  return null;
}
