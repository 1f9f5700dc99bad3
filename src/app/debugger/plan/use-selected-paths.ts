import { useMemo } from 'react';
import { useView } from '../../state/context.tsx';
import { instancePath } from '../../state/view-store.ts';

/** Whether a node (instance path) is one that is selected on the canvas, or lies inside it. */
export function useSelectedPaths(): (node: string) => boolean {
  const scope = useView((view) => view.scope);
  const selection = useView((view) => view.selection);
  return useMemo(() => {
    const paths = selection.map((id) => instancePath(scope, id));
    return (node) => paths.some((path) => node === path || node.startsWith(`${path}/`) || node.startsWith(`${path}[`));
  }, [scope, selection]);
}
