import { LazyPanel } from './lazy-panel.tsx';
import { panels } from './panels.ts';

/** The right side of the page. */
export function InspectorSide() {
  return <LazyPanel panel={panels.inspector} />;
}
