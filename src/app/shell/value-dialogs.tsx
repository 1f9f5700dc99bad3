import { useView } from '../state/context.tsx';
import { LazyPanel } from './lazy-panel.tsx';
import { panels } from './panels.ts';

/** A value at full size, or a saliency map, when the view asks for one. */
export function ValueDialogs() {
  const kind = useView((view) => view.overlay?.kind);
  if (kind === 'viewer') return <LazyPanel panel={panels.viewer} />;
  if (kind === 'saliency') return <LazyPanel panel={panels.saliency} />;
  return null;
}
